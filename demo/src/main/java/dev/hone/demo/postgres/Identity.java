package dev.hone.demo.postgres;

import dev.hone.demo.DemoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * As whom the server runs. An ordinary user runs it as himself. Root enters a user namespace in
 * which root is nobody ({@code unshare --user}, user_namespaces(7)); where that is blocked, root
 * hands the directory to the unprivileged user {@value #NOBODY} and runs the server as that user.
 */
enum Identity {
  SELF,
  NAMESPACE,
  OTHER_USER;

  static final int NOBODY = 65534;

  /**
   * Finds the first identity that works here.
   *
   * @param directory the server's directory, which the identity must be able to enter
   * @throws DemoException when this process is root and neither way out works
   */
  static Identity find(Path directory) throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return SELF;
    }
    if (NAMESPACE.runs("true")) {
      return NAMESPACE;
    }
    if (OTHER_USER.runs("test", "-x", directory.toString())) {
      return OTHER_USER;
    }
    throw new DemoException(
        "PostgreSQL does not run as root, user namespaces are blocked here, and the user "
            + NOBODY
            + " cannot enter "
            + directory
            + "; start as an ordinary user, choose a directory below /tmp, or give the URL of a"
            + " running PostgreSQL.");
  }

  /** The command as this identity runs it. */
  List<String> wrap(List<String> command) {
    List<String> words = new ArrayList<>(prefix());
    words.addAll(command);
    return words;
  }

  private List<String> prefix() {
    return switch (this) {
      case SELF -> List.of();
      case NAMESPACE -> List.of("unshare", "--user");
      case OTHER_USER ->
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
    };
  }

  /** Makes this identity the owner of everything in a directory. */
  void own(Path directory) throws IOException {
    if (this != OTHER_USER) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.toList()) {
        Files.setAttribute(path, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private boolean runs(String... command) {
    try {
      return new ProcessBuilder(wrap(List.of(command)))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
