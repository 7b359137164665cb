package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.twin.TwinServer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwinPlaceTest {
  @TempDir private Path temporary;

  @Test
  void aPlaceIsGoneWhenItIsClosed() throws Exception {
    Path directory;
    try (var place = TwinPlace.in(temporary)) {
      directory = place.directory();
      assertThat(directory).isDirectory();
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void theNextOneEndsThePostgresOfAKilledOne() throws Exception {
    Path left = Files.createTempDirectory(temporary, "hone-advise-" + endedPid() + "-");
    var twins = new TwinServer(left, Clock.systemUTC());
    try (Connection connection = twins.connect()) {
      TwinPlace.in(temporary).close();
      assertThat(connection.isValid(5)).isFalse();
    } finally {
      twins.close();
    }
    assertThat(left).doesNotExist();
  }

  @Test
  void thePlaceOfALivingOneStays() throws Exception {
    long alive = ProcessHandle.current().pid();
    Path theirs = Files.createDirectory(temporary.resolve("hone-advise-" + alive + "-1"));
    Path others = Files.createDirectory(temporary.resolve("hone-advise-by-hand"));
    TwinPlace.in(temporary).close();
    assertThat(theirs).isDirectory();
    assertThat(others).isDirectory();
  }

  @Test
  void thePlaceOfOneInAnotherContainerStays() throws Exception {
    Path theirs = Files.createTempDirectory(temporary, "hone-advise-" + endedPid() + "-");
    Path lock = Files.createFile(theirs.resolve("lock"));
    try (var channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      channel.lock();
      TwinPlace.in(temporary).close();
      assertThat(theirs).isDirectory();
    }
    TwinPlace.in(temporary).close();
    assertThat(theirs).doesNotExist();
  }

  @Test
  void whatSomebodyElseCouldHavePutThereStays() throws Exception {
    long ended = endedPid();
    Path target = Files.createDirectory(temporary.resolve("production"));
    Path data = Files.createDirectory(target.resolve("data"));
    Files.createSymbolicLink(temporary.resolve("hone-advise-" + ended + "-x"), target);
    Path open = Files.createDirectory(temporary.resolve("hone-advise-" + ended + "-y"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path inOpen = Files.createDirectory(open.resolve("data"));

    TwinPlace.in(temporary).close();

    assertThat(data).isDirectory();
    assertThat(inOpen).isDirectory();
  }

  private static long endedPid() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
