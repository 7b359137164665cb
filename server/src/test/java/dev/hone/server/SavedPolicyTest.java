package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import dev.hone.loop.Registry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which policy is in force after a start. */
class SavedPolicyTest {
  @TempDir Path directory;

  private Policy afterStart(Policy configured) throws Exception {
    try (var running = RunningHone.start(directory, configured)) {
      return running.hone.conductor().policy();
    }
  }

  @Test
  void aPolicyThatAPersonSavedSurvivesARestartUntilTheConfigurationChanges() throws Exception {
    Policy first = Policy.observing().withModes(Map.of("host", Mode.RECOMMEND));
    Policy saved = Policy.observing().withModes(Map.of("jvm", Mode.APPROVE));
    try (var running = RunningHone.start(directory, first)) {
      var registry = running.hone.loops().registry();
      assertThat(running.hone.conductor().policy()).isEqualTo(first);
      assertThat(Objects.requireNonNull(registry.policy()).by()).isEqualTo(Registry.CONFIGURATION);
      running.hone.conductor().setPolicy(saved, "ada", "jvm is next");
    }
    assertThat(afterStart(first)).isEqualTo(saved);
    Policy other = Policy.observing().withModes(Map.of("host", Mode.APPROVE));
    assertThat(afterStart(other)).isEqualTo(other);
    assertThat(afterStart(other)).isEqualTo(other);
  }
}
