// Package weft is what the author of a job imports: datasets, operators, sources, actions and Main.
//
// A job is an ordinary Go program. Its operators are declared as package variables, because driver
// and executors are the same binary and find an operator by the place of its declaration; its
// driver is the function given to [Main], which connects operators to datasets and runs actions:
//
//	var (
//		words = weft.FlatMap(func(line string, emit func(string)) {
//			for word := range strings.FieldsSeq(line) {
//				emit(word)
//			}
//		})
//		one   = weft.Map(func(word string) weft.Pair[string, int64] { return weft.KV(word, int64(1)) })
//		count = weft.ReduceByKey[string](func(a, b int64) int64 { return a + b })
//	)
//
//	func main() { weft.Main(run) }
//
//	func run(ctx context.Context, s *weft.Session) error {
//		text := weft.TextFile(s, s.Args()[0])
//		return count.On(one.On(words.On(text))).SaveAsText(ctx, s.Args()[1])
//	}
//
// # Operators
//
// A narrow operator works on one partition at a time: [Map], [Filter], [FlatMap], [MapPartitions],
// [KeyBy], [MapValues], [ZipWithIndex], [Pipe], and the methods Union, Coalesce and Sample of
// [Dataset]. A wide operator moves records between partitions by a shuffle: [ReduceByKey],
// [AggregateByKey], [GroupByKey], [CoGroup], [Join], [LeftJoin], [SortByKey], and the methods
// Repartition and Distinct. An action runs a job and brings its result to the driver: [Reduce],
// [Top], [Foreach], and the methods Collect, Count, Take and SaveAsText.
//
// Functions whose name ends in With take a function of two steps: the first is called once for each
// task, with the [Task] and a parameter that the driver gave, and returns the function for the
// records. A function whose name begins with Try may return an error, which fails the task.
//
// # Records
//
// A record is any plain data: booleans, numbers, strings, slices, arrays, pointers and structs of
// them, and types with AppendBinary and UnmarshalBinary. A type that cannot travel is reported when
// the program starts. Strings and byte slices of a record may share memory with their neighbours;
// clone one before keeping it for long.
//
// # Where it runs
//
// Started by hand, a program runs inside its own process (master local[*]). `weft submit` runs it
// on a YARN cluster, with the driver here (client mode) or in the ApplicationMaster (cluster mode).
// In an executor Main does not return.
package weft
