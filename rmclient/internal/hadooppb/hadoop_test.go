package hadooppb

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// classes hold the descriptors of the messages declared here.
var classes = []string{
	"org.apache.hadoop.ipc.protobuf.RpcHeaderProtos",
	"org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos",
	"org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos",
	"org.apache.hadoop.security.proto.SecurityProtos",
	"org.apache.hadoop.yarn.proto.YarnProtos",
	"org.apache.hadoop.yarn.proto.YarnServiceProtos",
	"org.apache.hadoop.yarn.proto.YarnSecurityTokenProtos",
	"org.apache.hadoop.hdfs.protocol.proto.ClientNamenodeProtocolProtos",
	"org.apache.hadoop.hdfs.protocol.proto.HdfsProtos",
	"org.apache.hadoop.hdfs.protocol.proto.AclProtos",
}

// Every field declared here has the number, type, label and default that Hadoop declares, and
// every enum value its number, in each version of Hadoop whose jars are there.
func TestAgainstHadoop(t *testing.T) {
	for _, jars := range hadoopJars(t) {
		t.Run(filepath.Base(filepath.Dir(jars)), func(t *testing.T) {
			hadoop := descriptors(t, jars)
			var fields int
			for _, file := range []protoreflect.FileDescriptor{File_weft_hadoop_common_proto,
				File_weft_hadoop_yarn_proto, File_weft_hadoop_yarn_service_proto, File_weft_hadoop_hdfs_proto} {
				ours := protodesc.ToFileDescriptorProto(file)
				for _, m := range ours.GetMessageType() {
					fields += compareMessage(t, hadoop, m, m.GetName())
				}
				for _, e := range ours.GetEnumType() {
					compareEnum(t, hadoop, e, e.GetName())
				}
			}
			t.Logf("%d fields agree with %s", fields, jars)
		})
	}
}

// hadoopJars finds directories of jars: the one that WEFT_HADOOP_JARS names, or those that the
// integration tests have resolved, or else one that Maven fills now.
func hadoopJars(t *testing.T) []string {
	if dir := os.Getenv("WEFT_HADOOP_JARS"); dir != "" {
		return []string{dir}
	}
	found, err := filepath.Glob("../../../build/hadoop/*/lib/hadoop-hdfs-client-*.jar")
	if err != nil {
		t.Fatal(err)
	}
	for i, jar := range found {
		found[i] = filepath.Dir(jar)
	}
	if found = slices.Compact(found); len(found) > 0 {
		return found
	}
	dir := filepath.Join(t.TempDir(), "maven", "lib")
	maven := exec.CommandContext(t.Context(), "mvn", "-q", "-B", "-f", "testdata/pom.xml",
		"dependency:copy-dependencies", "-DoutputDirectory="+dir)
	if out, err := maven.CombinedOutput(); err != nil {
		t.Fatalf("resolve Hadoop's jars with Maven, or set WEFT_HADOOP_JARS: %v\n%s", err, out)
	}
	return []string{dir}
}

// schema is Hadoop's messages and enums by name, nested ones as Outer.Inner.
type schema struct {
	messages map[string]*descriptorpb.DescriptorProto
	enums    map[string]*descriptorpb.EnumDescriptorProto
}

// descriptors reads what Dump.java writes.
func descriptors(t *testing.T, jars string) schema {
	java := exec.CommandContext(t.Context(), "java",
		append([]string{"-cp", filepath.Join(jars, "*"), "testdata/Dump.java"}, classes...)...)
	var stderr bytes.Buffer
	java.Stderr = &stderr
	out, err := java.Output()
	if err != nil {
		t.Fatalf("read descriptors from %s: %v\n%s", jars, err, &stderr)
	}
	s := schema{
		map[string]*descriptorpb.DescriptorProto{},
		map[string]*descriptorpb.EnumDescriptorProto{},
	}
	for len(out) > 0 {
		n := binary.BigEndian.Uint32(out)
		file := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(out[4:4+n], file); err != nil {
			t.Fatal(err)
		}
		s.add("", file.GetMessageType(), file.GetEnumType())
		out = out[4+n:]
	}
	return s
}

func (s schema) add(
	outer string,
	messages []*descriptorpb.DescriptorProto,
	enums []*descriptorpb.EnumDescriptorProto,
) {
	for _, m := range messages {
		s.messages[outer+m.GetName()] = m
		s.add(outer+m.GetName()+".", m.GetNestedType(), m.GetEnumType())
	}
	for _, e := range enums {
		s.enums[outer+e.GetName()] = e
	}
}

// compareMessage returns how many fields it has compared.
func compareMessage(
	t *testing.T,
	hadoop schema,
	ours *descriptorpb.DescriptorProto,
	name string,
) int {
	theirs := hadoop.messages[name]
	if theirs == nil {
		t.Errorf("message %s: Hadoop has none", name)
		return 0
	}
	byName := map[string]*descriptorpb.FieldDescriptorProto{}
	for _, f := range theirs.GetField() {
		byName[f.GetName()] = f
	}
	for _, f := range ours.GetField() {
		if got, want := describe(f), describe(byName[f.GetName()]); got != want {
			t.Errorf("%s.%s: declared as %s, Hadoop has %s", name, f.GetName(), got, want)
		}
	}
	fields := len(ours.GetField())
	for _, m := range ours.GetNestedType() {
		fields += compareMessage(t, hadoop, m, name+"."+m.GetName())
	}
	for _, e := range ours.GetEnumType() {
		compareEnum(t, hadoop, e, name+"."+e.GetName())
	}
	return fields
}

// describe is what counts of a field. Packages of types differ, as they must.
func describe(f *descriptorpb.FieldDescriptorProto) string {
	if f == nil {
		return "nothing"
	}
	typeName := f.GetTypeName()
	for i := len(typeName) - 1; i >= 0; i-- {
		if typeName[i] == '.' {
			typeName = typeName[i+1:]
			break
		}
	}
	return fmt.Sprintf(
		"%d %s %s%s default %q packed %t",
		f.GetNumber(),
		f.GetLabel(),
		f.GetType(),
		typeName,
		f.GetDefaultValue(),
		f.GetOptions().GetPacked(),
	)
}

func compareEnum(t *testing.T, hadoop schema, ours *descriptorpb.EnumDescriptorProto, name string) {
	theirs := hadoop.enums[name]
	if theirs == nil {
		t.Errorf("enum %s: Hadoop has none", name)
		return
	}
	numbers := map[string]int32{}
	for _, v := range theirs.GetValue() {
		numbers[v.GetName()] = v.GetNumber()
	}
	for _, v := range ours.GetValue() {
		if n, known := numbers[v.GetName()]; !known || n != v.GetNumber() {
			t.Errorf("%s.%s = %d, Hadoop has %d, %t", name, v.GetName(), v.GetNumber(), n, known)
		}
	}
}
