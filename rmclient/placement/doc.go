// Package placement has YARN's placement constraints: on which nodes a container may come, by the
// tags of the containers that are there and by the nodes' attributes. They are read from a text and
// printed as one; package rmclient tells them to the ResourceManager. All of it is pure, and safe
// from any goroutine.
//
//	constraint = "in"    "," scope "," tag {"," tag}            each tag is there
//	           | "notin" "," scope "," tag {"," tag}            no tag is there
//	           | "cardinality" "," scope "," tag {"," tag} "," min "," max
//	           | name "="  value {"," value}                    the node's attribute is one of these
//	           | name "!=" value {"," value}                    it is none of these
//	           | "and" "(" constraint {":" constraint} ")"
//	           | "or"  "(" constraint {":" constraint} ")"
//	scope      = "node" | "rack"
//	tag        = [("self" | "not-self" | "all") "/"] name       of this application, others, or any
//
// It is the grammar of YARN (PlacementConstraintParser) for one constraint. What it has beyond, as
// numbers of containers and applications by id, is refused.
package placement
