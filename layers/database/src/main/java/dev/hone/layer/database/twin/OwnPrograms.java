package dev.hone.layer.database.twin;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.ArchUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The programs of the PostgreSQL that Hone brings along, unpacked once. */
final class OwnPrograms {
  /** Their major release. */
  static final int MAJOR = 18;

  private static final String HALF = "unpacking-";
  private static final int EXECUTABLE = 0111;

  private OwnPrograms() {}

  /**
   * Their folder {@code bin}.
   *
   * @param directory where they are unpacked, if they are not there yet
   * @throws IOException when there are none for this machine, or no room
   */
  static Path in(Path directory) throws IOException {
    byte[] archive;
    try (InputStream in =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            "Linux", ArchUtils.normalize(System.getProperty("os.arch")))) {
      if (in == null) {
        throw new IOException("Hone brings no PostgreSQL along for this kind of machine");
      }
      archive = in.readAllBytes();
    }
    Path place = directory.resolve("postgresql-" + digest(archive));
    if (!Files.isDirectory(place)) {
      Files.createDirectories(directory);
      removeHalf(directory);
      Path half = Files.createTempDirectory(directory, HALF);
      unpack(archive, half);
      try {
        Files.move(half, place, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
        // Another Hone was quicker; what it unpacked is the same.
        TwinServer.delete(half);
      }
    }
    return place.resolve("bin");
  }

  /** What a Hone left that was killed while it unpacked. */
  private static void removeHalf(Path directory) throws IOException {
    try (var left = Files.newDirectoryStream(directory, HALF + "*")) {
      for (Path half : left) {
        TwinServer.delete(half);
      }
    }
  }

  private static String digest(byte[] archive) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void unpack(byte[] archive, Path place) throws IOException {
    try (var tar =
        new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = place.resolve(entry.getName()).normalize();
        if (!path.startsWith(place)) {
          throw new IOException("`" + entry.getName() + "` lies outside of its archive");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
          } else {
            Files.copy(tar, path);
            if ((entry.getMode() & EXECUTABLE) != 0 && !path.toFile().setExecutable(true)) {
              throw new IOException("`" + path + "` cannot be made executable");
            }
          }
        }
      }
    }
  }
}
