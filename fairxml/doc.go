// Package fairxml reads fairscheduler.xml, the file that names the pools of an application.
//
// The text goes in through Parse, pools and warnings come out; nothing else happens, from
// whichever goroutine. The format is the reference's:
//
//	<?xml version="1.0"?>
//	<allocations>
//	  <pool name="production">
//	    <schedulingMode>FAIR</schedulingMode>  jobs inside: FIFO (default) or FAIR
//	    <weight>1</weight>                     share of the cluster; default 1
//	    <minShare>2</minShare>                 running tasks that come first; default 0
//	    <maxShare>8</maxShare>                 weft's own: most running tasks; default no limit
//	  </pool>
//	</allocations>
//
// As in the reference, pools are found at any depth, a missing value has its default, and a bad
// one has it too, with a Warning. A file that is not XML is an Error, and no pools.
//
// Files are not trusted. They may have MaxBytes, nest MaxDepth deep and name MaxPools pools; a
// DOCTYPE, and with it every entity but XML's own five, is refused; so is a text in another
// encoding than UTF-8.
package fairxml

// The limits of a file.
const (
	MaxBytes = 1 << 20
	MaxDepth = 32
	MaxPools = 10_000
)
