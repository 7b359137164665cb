package dev.hone.server;

import dev.hone.loop.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of named people and programs: the file {@code tokens} in the data directory, readable by
 * its owner alone. It holds the SHA-256 of each secret and never the secret. A secret has 192 bits
 * of chance, so that its plain hash cannot be searched.
 *
 * @param file where they stand
 */
record NamedTokens(Path file) {
  private static final int MOST = 1_000;
  private static final int SECRET_BYTES = 24;
  private static final String PREFIX = "hone_";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  /** Names that stand in the audit trail for something else. */
  private static final Set<String> RESERVED =
      Set.of("owner", "hone", "guard", "configuration", "file", "token", "policy");

  /** One token. */
  record Named(String name, Role role, String sha256, String created) {}

  /** The tokens of a data directory. */
  static NamedTokens in(Path dataDirectory) {
    return new NamedTokens(dataDirectory.resolve("tokens"));
  }

  /**
   * All of them, in the order they were added.
   *
   * @throws StartException when the file cannot be read
   */
  List<Named> list() throws StartException {
    if (!Files.exists(file)) {
      return List.of();
    }
    var tokens = new ArrayList<Named>();
    try {
      Map<String, @Nullable Object> tree = Json.parseObject(Files.readString(file));
      if (tree.get("tokens") instanceof List<?> items) {
        for (Object item : items) {
          if (item instanceof Map<?, ?> token) {
            tokens.add(
                new Named(
                    text(token, "name"),
                    Role.valueOf(text(token, "role").toUpperCase(Locale.ROOT)),
                    text(token, "sha256"),
                    text(token, "created")));
          }
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new StartException(
          "tokens in `" + file + "` cannot be read (" + e.getMessage() + "); mend or remove it", e);
    }
    return tokens;
  }

  private static String text(Map<?, ?> token, String key) {
    if (token.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("a token has no `" + key + "`");
  }

  /**
   * Adds a token.
   *
   * @return its secret, which nothing can tell again
   * @throws StartException when the name cannot be used, or nothing can be written
   */
  String add(String name, Role role, Instant now, RandomGenerator random) throws StartException {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!NAME.matcher(name).matches() || RESERVED.contains(lower)) {
      throw new StartException(
          "a token cannot be named `"
              + name
              + "`; use up to 64 letters, digits, dots, hyphens, underscores or @, and none of "
              + String.join(", ", RESERVED.stream().sorted().toList()));
    }
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = PREFIX + HexFormat.of().formatHex(bytes);
    return alone(
        () -> {
          add(new Named(name, role, sha256(secret), now.toString()));
          return secret;
        });
  }

  private void add(Named token) throws StartException {
    String name = token.name();
    var all = new ArrayList<>(list());
    if (all.stream().anyMatch(t -> t.name().equalsIgnoreCase(name))) {
      throw new StartException(
          "there is a token `" + name + "` already; `hone token remove " + name + "` first");
    }
    if (all.size() >= MOST) {
      throw new StartException("there are " + MOST + " tokens; remove some with `hone token`");
    }
    all.add(token);
    write(all);
  }

  /** Removes a token; false when there is none of this name. */
  boolean remove(String name) throws StartException {
    return Files.exists(file)
        && alone(
            () -> {
              var all = new ArrayList<>(list());
              boolean removed = all.removeIf(t -> t.name().equals(name));
              if (removed) {
                write(all);
              }
              return removed;
            });
  }

  /** What reads the file and writes it again. */
  private interface Change<T> {
    T make() throws StartException;
  }

  /** One change at a time, of this process and all others: none is lost. */
  @SuppressWarnings("try")
  private <T> T alone(Change<T> change) throws StartException {
    synchronized (NamedTokens.class) {
      try (var lock = new RandomAccessFile(file + ".lock", "rw");
          var held = lock.getChannel().lock()) {
        return change.make();
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
  }

  /** Whose secret it is; it takes the same time for each token. */
  static Optional<Actor> owner(List<Named> tokens, String secret) {
    byte[] given = sha256(secret).getBytes(StandardCharsets.US_ASCII);
    Optional<Actor> found = Optional.empty();
    for (Named token : tokens) {
      if (MessageDigest.isEqual(given, token.sha256().getBytes(StandardCharsets.US_ASCII))) {
        found = Optional.of(new Actor(token.name(), token.role()));
      }
    }
    return found;
  }

  private void write(List<Named> tokens) throws StartException {
    var items = new ArrayList<Object>();
    for (Named token : tokens) {
      var item = new LinkedHashMap<String, @Nullable Object>();
      item.put("name", token.name());
      item.put("role", token.role().word());
      item.put("sha256", token.sha256());
      item.put("created", token.created());
      items.add(item);
    }
    try {
      Path fresh =
          Files.createTempFile(
              file.toAbsolutePath().getParent(),
              "tokens",
              ".tmp",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(fresh, Json.write(Map.of("tokens", items)) + "\n", StandardOpenOption.SYNC);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private StartException unwritable(IOException e) {
    return new StartException(
        "tokens cannot be written to `" + file + "` (" + e.getMessage() + ")", e);
  }

  private static String sha256(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
