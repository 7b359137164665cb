package dev.hone.server;

import dev.hone.layer.database.twin.TwinServer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Clock;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A planner twin in a temporary directory, for a command. Both are gone when the command ends, also
 * by a signal; what a killed command left, the next one ends and removes.
 */
final class TwinPlace implements AutoCloseable {
  private static final String PREFIX = "hone-advise-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,10})-.*");

  private final Path directory;
  private final TwinServer twins;
  private final Thread onSignal = new Thread(this::end);

  private TwinPlace(Path directory) {
    this.directory = directory;
    this.twins = new TwinServer(directory, Clock.systemUTC());
  }

  /**
   * A place below a directory for temporary files.
   *
   * @throws StartException when none can be made
   */
  static TwinPlace in(Path temporary) throws StartException {
    try {
      Path directory =
          Files.createTempDirectory(temporary, PREFIX + ProcessHandle.current().pid() + "-");
      removeRemains(temporary, Files.getOwner(directory));
      var place = new TwinPlace(directory);
      Runtime.getRuntime().addShutdownHook(place.onSignal);
      return place;
    } catch (IOException e) {
      throw new StartException(
          "no temporary directory for the planner twin can be made in " + temporary + ": " + e, e);
    }
  }

  TwinServer twins() {
    return twins;
  }

  Path directory() {
    return directory;
  }

  /**
   * Whether it is a directory, no link, that this user alone can write to. Everybody can make
   * things of any name in a directory for temporary files.
   */
  private static boolean isOwn(Path place, UserPrincipal own) {
    try {
      PosixFileAttributes found =
          Files.readAttributes(place, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return found.isDirectory()
          && found.owner().equals(own)
          && PosixFilePermissions.toString(found.permissions()).endsWith("------");
    } catch (IOException e) {
      return false;
    }
  }

  private static void removeRemains(Path temporary, UserPrincipal own) throws IOException {
    try (DirectoryStream<Path> places = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (Path place : places) {
        Matcher name = NAME.matcher(String.valueOf(place.getFileName()));
        boolean ended =
            name.matches()
                && ProcessHandle.of(Long.parseLong(name.group(1)))
                    .filter(ProcessHandle::isAlive)
                    .isEmpty();
        if (ended && isOwn(place, own)) {
          removeEnded(place);
        }
      }
    }
  }

  private static void removeEnded(Path place) {
    try {
      new TwinServer(place, Clock.systemUTC()).removeRemains();
    } catch (IOException e) {
      // Another user's, or in the hands of another command; neither is in the way.
      return;
    }
    remove(place);
  }

  private synchronized void end() {
    twins.close();
    remove(directory);
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook finds nothing left to do.
    }
  }

  private static void remove(Path place) {
    if (!Files.exists(place)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(place)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // It lies in the temporary directory and holds no data.
    }
  }
}
