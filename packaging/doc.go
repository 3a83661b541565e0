// Command packaging makes what is released, in one folder, from the source tree (make dist):
//
//	weft-VERSION-linux-ARCH.tar.gz          both programs, the jar, man pages, completions, licences
//	weft_VERSION_ARCH.deb, .rpm             the command and the same pages
//	weft-shuffle-service_VERSION_ARCH.deb, .rpm   weft-shuffled and the jar for NodeManagers
//	weft-VERSION.oci.tar                    an image index of both architectures (OCI layout)
//	weft-VERSION-linux-ARCH.cdx.json        what is in the programs (CycloneDX)
//	SHA256SUMS
//
// The same commit gives the same bytes: times are the commit's, and Go builds with -trimpath. The
// jar is made by make before; all else is made here, and nothing is fetched but Go modules.
package main
