package dev.hone.demo.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hone.demo.neighbour.Neighbour;
import dev.hone.demo.postgres.DemoDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifelineTest {
  @TempDir Path directory;

  private Child child(Class<?> main, String... arguments) throws Exception {
    String password = "secret0secret0";
    return Child.start(
        new Child.Command(
            "child",
            main,
            List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"),
            List.of(arguments),
            Map.of(
                DemoDatabase.ADMIN_PASSWORD, password,
                DemoDatabase.SHOP_PASSWORD, password,
                DemoDatabase.HONE_PASSWORD, password)),
        directory);
  }

  @Test
  void aChildAnnouncesItselfAndEndsWhenToldTo() throws Exception {
    try (Child child = child(Neighbour.class, "--threads", "1")) {
      assertThat(child.announcement().get(30, TimeUnit.SECONDS)).containsEntry("threads", "1");
      child.close();
      assertThat(child.isAlive()).isFalse();
    }
  }

  @Test
  void aChildThatCannotStartSaysWhy() throws Exception {
    try (Child child = child(Neighbour.class, "--threads", "many")) {
      assertThatThrownBy(() -> child.announcement().get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("`--threads` is `many`, which is not a whole number.");
    }
  }

  @Test
  void nothingIsLeftSoonAfterTheParentIsGone() throws Exception {
    Path data = directory.resolve("pg");
    try (Child database =
            child(DemoDatabase.class, "--directory", data.toString(), "--orders", "1000");
        Child neighbour = child(Neighbour.class, "--threads", "0")) {
      Map<String, String> facts;
      try {
        facts = database.announcement().get(60, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        assumeThat(e).as("PostgreSQL cannot start here: %s", e.getMessage()).isNull();
        throw e;
      }
      neighbour.announcement().get(30, TimeUnit.SECONDS);
      ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(facts.get("pid"))).orElseThrow();

      database.abandon();
      neighbour.abandon();

      assertThat(neighbour.isAlive()).as("an orphan lives on for a while").isTrue();
      assertThat(postmaster.onExit().get(30, TimeUnit.SECONDS).isAlive()).isFalse();
      assertThat(database.awaitEnd(30)).isTrue();
      assertThat(neighbour.awaitEnd(30)).isTrue();
      assertThat(data).doesNotExist();
    }
  }
}
