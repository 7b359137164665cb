package dev.hone.layer.database.twin;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The files of a twin's relations, which the planner asks for their size. */
final class RelationFiles {
  /** Size of a file after which PostgreSQL begins the next one, {@code .1}, {@code .2} … */
  private static final long SEGMENT = 1L << 30;

  private static final Pattern RELATION_FILE = Pattern.compile("base/\\d+/\\d+");

  private final Path data;
  private final Connection admin;

  /**
   * The files of a database.
   *
   * @param data the server's data directory
   * @param admin a connection of the superuser to that database, who alone is believed
   */
  RelationFiles(Path data, Connection admin) {
    this.data = data;
    this.admin = admin;
  }

  /** All relations that have a file, by quoted name. */
  Map<String, Path> all() throws SQLException {
    var files = new HashMap<String, Path>();
    try (Statement sql = admin.createStatement();
        ResultSet rows =
            sql.executeQuery(
                "SELECT nspname, relname, pg_relation_filepath(c.oid) FROM pg_class c"
                    + " JOIN pg_namespace n ON n.oid = relnamespace"
                    + " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")) {
      while (rows.next()) {
        if (rows.getString(3) != null) {
          files.put(Sql.quoted(rows.getString(1), rows.getString(2)), path(rows.getString(3)));
        }
      }
    }
    return files;
  }

  /** The file of one relation. */
  Path of(String schema, String relation) throws SQLException {
    try (PreparedStatement query =
        admin.prepareStatement("SELECT pg_relation_filepath(?::text::regclass)")) {
      query.setString(1, Sql.quoted(schema, relation));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return path(row.getString(1));
      }
    }
  }

  /** Nothing but the file of a relation may ever be changed. */
  private Path path(String file) {
    if (file == null || !RELATION_FILE.matcher(file).matches()) {
      throw new IllegalStateException("`" + file + "` is no file of a relation");
    }
    return data.resolve(file);
  }

  /** Extends a relation's files without writing; a file that is bigger already stays. */
  static void extend(Path file, long bytes) throws IOException {
    long left = bytes;
    for (int segment = 0; left > 0; segment++) {
      long length = Math.min(left, SEGMENT);
      try (var open = new RandomAccessFile(segment(file, segment).toFile(), "rw")) {
        if (open.length() < length) {
          open.setLength(length);
        }
      }
      left -= length;
    }
  }

  /** Empties a relation's files, and says how many bytes they had. */
  static long shrink(Path file) throws IOException {
    long bytes = 0;
    for (int segment = 0; Files.exists(segment(file, segment)); segment++) {
      try (var open = new RandomAccessFile(segment(file, segment).toFile(), "rw")) {
        bytes += open.length();
        open.setLength(0);
      }
    }
    return bytes;
  }

  private static Path segment(Path file, int segment) {
    return segment == 0 ? file : Path.of(file + "." + segment);
  }
}
