package main

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"runtime/debug"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// materials writes which modules the programs were built from, as the Go linker recorded them.
func (r release) materials(arch string) error {
	for _, name := range programs {
		info, err := buildinfo.ReadFile(r.program(arch, name))
		if err != nil {
			return err
		}
		err = r.create(fmt.Sprintf("%s-%s-linux-%s.cdx.json", name, r.version, arch),
			func(w io.Writer) error {
				return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).Encode(r.bill(name, info))
			})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r release) bill(name string, info *buildinfo.BuildInfo) *cdx.BOM {
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Timestamp: r.made.Format("2006-01-02T15:04:05Z"),
		Component: &cdx.Component{Type: cdx.ComponentTypeApplication, Name: name,
			Version: "v" + r.version},
	}
	parts := []cdx.Component{{Type: cdx.ComponentTypePlatform, Name: "go", Version: info.GoVersion}}
	for _, m := range info.Deps {
		parts = append(parts, component(m))
	}
	bom.Components = &parts
	return bom
}

func component(m *debug.Module) cdx.Component {
	for m.Replace != nil {
		m = m.Replace
	}
	url := "pkg:golang/" + m.Path + "@" + m.Version
	return cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: url, Name: m.Path,
		Version: m.Version, PackageURL: url}
}
