package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Spark's side of bench/step. Each line "TASKS SECONDS" of standard input is a job of so many tasks
 * that take so long. The answer, one line when all executors have gone again, says how many
 * milliseconds after the job's submission each task began. The end of the input ends the
 * application.
 */
public final class Step {
  private static final long LOOK_MILLIS = 100;

  private Step() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    var in = new BufferedReader(new InputStreamReader(System.in));
    try (var spark = new JavaSparkContext(new SparkConf().setAppName("step"))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        List<Long> begins = job(spark, Integer.parseInt(words[0]), Integer.parseInt(words[1]));
        waitForNoExecutor(spark);
        System.out.println(
            begins.stream().map(Object::toString).collect(Collectors.joining(" ")));
      }
    }
  }

  private static List<Long> job(JavaSparkContext spark, int tasks, int seconds) {
    long submitted = System.currentTimeMillis();
    return spark.parallelize(Collections.nCopies(tasks, seconds), tasks).map(task -> {
      long began = System.currentTimeMillis();
      Thread.sleep(task * 1000L);
      return began - submitted;
    }).collect();
  }

  private static void waitForNoExecutor(JavaSparkContext spark) throws InterruptedException {
    while (spark.statusTracker().getExecutorInfos().length > 1) { // the driver counts as one
      Thread.sleep(LOOK_MILLIS);
    }
  }
}
