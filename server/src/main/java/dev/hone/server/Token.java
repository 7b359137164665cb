package dev.hone.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** The secret that every change needs; kept in the data directory, readable by its owner alone. */
public record Token(String value) {
  private static final String FILE = "token";

  /** Reads the token, or makes one. */
  static Token open(Path dataDirectory, RandomGenerator random) throws StartException {
    Path file = dataDirectory.resolve(FILE);
    try {
      if (Files.exists(file)) {
        return read(dataDirectory);
      }
      byte[] secret = new byte[24];
      random.nextBytes(secret);
      String value = HexFormat.of().formatHex(secret);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, value, StandardOpenOption.WRITE);
      return new Token(value);
    } catch (IOException e) {
      throw new StartException("token file `" + file + "` cannot be used: " + e.getMessage(), e);
    }
  }

  /** Reads the token of a data directory. */
  static Token read(Path dataDirectory) throws StartException {
    Path file = dataDirectory.resolve(FILE);
    try {
      return new Token(Files.readString(file).strip());
    } catch (IOException e) {
      throw new StartException(
          "there is no token at `"
              + file
              + "`; name the data directory of the running Hone with"
              + " --data-dir",
          e);
    }
  }

  /** Whether a header {@code Authorization} carries this token; takes the same time either way. */
  boolean matches(String header) {
    byte[] given = header.getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(given, ("Bearer " + value).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "token";
  }
}
