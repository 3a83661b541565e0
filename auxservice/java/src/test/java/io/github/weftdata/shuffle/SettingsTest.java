package io.github.weftdata.shuffle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.util.Arrays;

import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private final Configuration conf = new Configuration(false);

  @Test
  void hasDefaults() throws Exception {
    Settings settings = Settings.of(conf);
    assertEquals(7448, settings.port);
    assertEquals(new File(Settings.home(), "weft-shuffled"), settings.program);
    assertEquals("", settings.host);
    assertEquals(0, settings.metricsPort + settings.maxConnections + settings.maxMemory);
  }

  @Test
  void readsWhatAnAdministratorWrites() throws Exception {
    conf.set("yarn.nodemanager.local-dirs", " /data/1/yarn, file:///data/2/yarn ");
    conf.set("weft.shuffle.service.max-memory", "512m");
    conf.set("weft.shuffle.service.port", " 7000 ");
    Settings settings = Settings.of(conf);
    assertEquals(Arrays.asList("/data/1/yarn", "/data/2/yarn"), settings.localDirs);
    assertEquals(512 << 20, settings.maxMemory);
    assertEquals(7000, settings.port);
  }

  @Test
  void namesABadSetting() {
    conf.set("weft.shuffle.service.port", "7000x");
    String message =
        assertThrows(IllegalArgumentException.class, () -> Settings.of(conf)).getMessage();
    assertTrue(message.contains("weft.shuffle.service.port=7000x"), message);
  }
}
