package dev.hone.layer.database.twin;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A PostgreSQL of this machine's own packages, run by Hone for itself on a loopback port. */
final class LocalPostgres implements AutoCloseable {
  /** How sessions prove who they are, from the first moment on. */
  static final String AUTHENTICATION = "scram-sha-256";

  private static final int SECONDS = 60;

  /** The server itself kills sessions that do not end within five. */
  private static final int QUIT_SECONDS = 8;

  /**
   * KiB of address space of each of its processes: functions that it executes while it plans may
   * ask for any amount of memory. Usually they have a sixth of it.
   */
  private static final long MEMORY = 3L << 19;

  /** So many are tried: another program may take one before the server does. */
  private static final int PORTS = 3;

  private final Process process;
  private final int port;

  private LocalPostgres(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Where the programs of a major release lie: as Debian's and the PGDG's packages put them. */
  static Optional<Path> programs(int major) {
    return Stream.of("/usr/lib/postgresql/" + major + "/bin", "/usr/pgsql-" + major + "/bin")
        .map(Path::of)
        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
        .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
        .findFirst();
  }

  /**
   * Makes a cluster in an empty directory and starts it.
   *
   * @param password of its superuser `postgres`, without which nobody gets in
   * @throws IOException when it does not come up, with the server's own words
   */
  static LocalPostgres start(
      Path programs, Path data, String password, Map<String, String> settings)
      throws IOException, InterruptedException {
    Path log = data.resolveSibling(data.getFileName() + ".log");
    Files.deleteIfExists(log);
    Path passwords = passwordFile(data, password);
    try {
      Process initdb =
          run(
              log,
              List.of(
                  programs.resolve("initdb").toString(),
                  "-D",
                  data.toString(),
                  "-U",
                  "postgres",
                  "-A",
                  AUTHENTICATION,
                  "--pwfile",
                  passwords.toString(),
                  "-E",
                  "UTF8",
                  "--no-sync"));
      if (!initdb.waitFor(SECONDS, TimeUnit.SECONDS) || initdb.exitValue() != 0) {
        initdb.destroyForcibly();
        throw new IOException("initdb failed: " + lastLine(log));
      }
    } finally {
      Files.deleteIfExists(passwords);
    }
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      // In a file that others cannot read: who knew it beforehand could take it.
      Files.writeString(
          data.resolve("postgresql.conf"), "\nport = " + port + "\n", StandardOpenOption.APPEND);
      var command = new ArrayList<>(List.of(programs.resolve("postgres").toString(), "-D"));
      command.add(data.toString());
      command.addAll(List.of("-c", "listen_addresses=127.0.0.1"));
      command.addAll(List.of("-c", "unix_socket_directories="));
      command.addAll(List.of("-c", "fsync=off", "-c", "synchronous_commit=off"));
      settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
      var server = new LocalPostgres(run(log, command), port);
      try {
        server.awaitReady(data, log);
        return server;
      } catch (IOException e) {
        server.close();
        if (attempt == PORTS) {
          throw e;
        }
      } catch (InterruptedException e) {
        server.close();
        throw e;
      }
    }
  }

  /**
   * Beside the data directory, for this user alone: initdb reads the superuser's password there.
   */
  static Path passwordFile(Path data, String password) throws IOException {
    Path file = data.resolveSibling(data.getFileName() + ".password");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, password);
  }

  /** As root it runs in a user namespace of its own, where it is nobody. */
  private static Process run(Path log, List<String> command) throws IOException {
    boolean root = "root".equals(System.getProperty("user.name"));
    String limited = "ulimit -v " + MEMORY + "; exec \"$@\"";
    var all = new ArrayList<>(List.of("/bin/sh", "-c", limited, "hone"));
    all.addAll(root ? List.of("unshare", "-U") : List.of());
    all.addAll(command);
    File out = log.toFile();
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(out))
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .start();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** postmaster.pid says {@code ready} in its eighth line. */
  private void awaitReady(Path data, Path log) throws IOException, InterruptedException {
    Path pid = data.resolve("postmaster.pid");
    for (int tries = 0; tries < SECONDS * 20; tries++) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new IOException("it ended at once: " + lastLine(log));
      }
      if (Files.exists(pid)) {
        List<String> lines = Files.readAllLines(pid);
        if (lines.size() > 7 && lines.get(7).strip().equals("ready")) {
          return;
        }
      }
    }
    throw new IOException("it was not ready within " + SECONDS + " s: " + lastLine(log));
  }

  private static String lastLine(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "it said nothing" : lines.getLast();
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }

  int port() {
    return port;
  }

  /** Ends it at once; what it holds is of no use to anybody. */
  @Override
  public void close() {
    end(process.toHandle());
  }

  /**
   * Ends a server at once, with its sessions. It is asked to first (SIGQUIT, immediate shutdown):
   * killed, it would leave shared memory behind, of which a machine has a limited number of pieces.
   */
  static void end(ProcessHandle server) {
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -QUIT " + server.pid())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(SECONDS, TimeUnit.SECONDS);
      server.onExit().get(QUIT_SECONDS, TimeUnit.SECONDS);
    } catch (IOException | TimeoutException | ExecutionException e) {
      kill(server);
    } catch (InterruptedException e) {
      kill(server);
      Thread.currentThread().interrupt();
    }
  }

  private static void kill(ProcessHandle server) {
    server.descendants().forEach(ProcessHandle::destroyForcibly);
    server.destroyForcibly();
    try {
      server.onExit().get(QUIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // It is in the hands of the kernel.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
