package dev.hone.server;

import dev.hone.layer.database.twin.TwinServer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  /** Held as long as the command lives, also where it is in another container. */
  private static final String LOCK = "lock";

  private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,10})-.*");

  private final Path directory;
  private final FileChannel inUse;
  private final TwinServer twins;
  private final Thread onSignal = new Thread(this::end);

  private TwinPlace(Path directory) throws IOException {
    this.directory = directory;
    this.inUse =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    inUse.lock();
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
      var place = new TwinPlace(directory);
      removeRemains(temporary, Files.getOwner(directory));
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
        if (ended && isOwn(place, own) && !isInUse(place)) {
          removeEnded(place);
        }
      }
    }
  }

  /** Process numbers of another container mean nothing here, but locks do. */
  private static boolean isInUse(Path place) {
    Path lock = place.resolve(LOCK);
    if (!Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      return held == null;
    } catch (IOException | OverlappingFileLockException e) {
      return true;
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
    try {
      inUse.close();
    } catch (IOException e) {
      // It is closed with the process.
    }
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
