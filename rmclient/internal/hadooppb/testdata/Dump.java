import java.io.BufferedOutputStream;
import java.io.DataOutputStream;

/**
 * Writes the descriptors that Hadoop's generated classes carry. Arguments are class names; for each
 * comes, on standard output, a 4-byte length and a serialized FileDescriptorProto. Hadoop relocates
 * protobuf, so everything is called by reflection.
 */
public class Dump {
  public static void main(String[] classes) throws Exception {
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
    for (String name : classes) {
      Object descriptor = Class.forName(name).getMethod("getDescriptor").invoke(null);
      Object file = descriptor.getClass().getMethod("toProto").invoke(descriptor);
      byte[] bytes = (byte[]) file.getClass().getMethod("toByteArray").invoke(file);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
    out.flush();
  }
}
