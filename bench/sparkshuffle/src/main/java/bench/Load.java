package bench;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.shuffle.BlockFetchingListener;
import org.apache.spark.network.shuffle.ExecutorDiskUtils;
import org.apache.spark.network.shuffle.ExternalBlockStoreClient;
import org.apache.spark.network.shuffle.protocol.ExecutorShuffleInfo;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;

/**
 * Spark's own client: each request asks for one reduce partition of all map outputs, as a reduce
 * task does, and as many requests are under way as asked for. What counts is the CPU time of the
 * service's process.
 */
public final class Load {
  private static final String APP = "application_1_1";
  private static final String EXECUTOR = "1";
  private static final int SUB_DIRS = 64;

  private final int maps;
  private final int reduces;
  private final int block;
  private final int port;
  private final ExternalBlockStoreClient client;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private Load(int port, int maps, int reduces, int block, Path dir) throws Exception {
    this.port = port;
    this.maps = maps;
    this.reduces = reduces;
    this.block = block;
    TransportConf conf = new TransportConf("shuffle", MapConfigProvider.EMPTY);
    client = new ExternalBlockStoreClient(conf, null, false, 5000);
    client.init(APP);
    String[] dirs = {dir.toString()};
    for (int map = 0; map < maps; map++) {
      write(dirs, map);
    }
    client.registerWithShuffleServer("127.0.0.1", port, EXECUTOR,
        new ExecutorShuffleInfo(dirs, SUB_DIRS,
            "org.apache.spark.shuffle.sort.SortShuffleManager"));
  }

  /** Writes one map output: the blocks one after another, and R + 1 offsets. */
  private void write(String[] dirs, int map) throws IOException {
    String name = "shuffle_0_" + map + "_0";
    Path data = new File(ExecutorDiskUtils.getFilePath(dirs, SUB_DIRS, name + ".data")).toPath();
    Path index = new File(ExecutorDiskUtils.getFilePath(dirs, SUB_DIRS, name + ".index")).toPath();
    Files.createDirectories(data.getParent());
    Files.createDirectories(index.getParent());
    ByteBuffer offsets = ByteBuffer.allocate((reduces + 1) * Long.BYTES);
    for (int r = 0; r <= reduces; r++) {
      offsets.putLong((long) r * block);
    }
    Files.write(index, offsets.array());
    byte[] one = new byte[block];
    try (var out = Files.newOutputStream(data)) {
      for (int r = 0; r < reduces; r++) {
        java.util.Arrays.fill(one, (byte) (map + r));
        out.write(one);
      }
    }
  }

  private void run(int inFlight, double seconds) throws Exception {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    Semaphore slots = new Semaphore(inFlight);
    for (int r = 0; System.nanoTime() < end && failure.get() == null; r = (r + 1) % reduces) {
      slots.acquire();
      fetch(r, slots);
    }
    slots.acquire(inFlight);
    if (failure.get() != null) {
      throw new IOException("a fetch failed", failure.get());
    }
  }

  private void fetch(int reduce, Semaphore slots) {
    String[] ids = new String[maps];
    for (int map = 0; map < maps; map++) {
      ids[map] = "shuffle_0_" + map + "_" + reduce;
    }
    CountDownLatch left = new CountDownLatch(maps);
    client.fetchBlocks("127.0.0.1", port, EXECUTOR, ids, new BlockFetchingListener() {
      @Override
      public void onBlockFetchSuccess(String id, ManagedBuffer data) {
        bytes.addAndGet(data.size());
        done();
      }

      @Override
      public void onBlockFetchFailure(String id, Throwable why) {
        failure.set(why);
        done();
      }

      private void done() {
        synchronized (left) {
          left.countDown();
          if (left.getCount() == 0) {
            slots.release();
          }
        }
      }
    }, null);
  }

  /** User and system CPU seconds of a process, from /proc. */
  private static double cpu(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] f = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(f[11]) + Long.parseLong(f[12])) / 100.0;
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 7) {
      System.err.println("usage: Load PORT PID MAPS REDUCES BLOCK_BYTES IN_FLIGHT SECONDS");
      System.exit(2);
    }
    int port = Integer.parseInt(args[0]);
    long pid = Long.parseLong(args[1]);
    int maps = Integer.parseInt(args[2]);
    int reduces = Integer.parseInt(args[3]);
    int block = Integer.parseInt(args[4]);
    int inFlight = Integer.parseInt(args[5]);
    double seconds = Double.parseDouble(args[6]);
    Path dir = Files.createTempDirectory("spark-shuffle-bench");
    try {
      Load load = new Load(port, maps, reduces, block, dir);
      load.run(inFlight, seconds); // its compiler and its caches are warm afterwards
      load.bytes.set(0);
      double before = cpu(pid);
      long start = System.nanoTime();
      load.run(inFlight, seconds);
      double wall = (System.nanoTime() - start) / 1e9;
      double used = cpu(pid) - before;
      double gb = load.bytes.get() / 1e9;
      System.out.printf("spark block=%d maps=%d in-flight=%d GB=%.2f wall=%.1fs server-cpu=%.2fs"
          + " GB/cpu-s=%.3f us/block=%.2f%n", block, maps, inFlight, gb, wall, used, gb / used,
          used * 1e6 / (load.bytes.get() / block));
      load.client.close();
    } finally {
      try (var files = Files.walk(dir)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
      }
    }
    System.exit(0);
  }
}
