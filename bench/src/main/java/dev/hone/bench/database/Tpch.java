package dev.hone.bench.database;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/** The tables of TPC-H and their rows, without any index. */
final class Tpch {
  private static final int CHUNK = 1 << 16;

  private final BigDecimal scale;
  private final @Nullable Path folder;

  /**
   * Tables of one size.
   *
   * @param scale the scale factor; 1 is about 1 GB
   * @param folder where rows are kept for the next time; null makes them each time
   */
  Tpch(BigDecimal scale, @Nullable Path folder) {
    this.scale = scale;
    this.folder = folder;
  }

  /** The 22 queries with the parameters of the validation run. */
  Workload queries() throws IOException {
    String fraction = new BigDecimal("0.0001").divide(scale).toPlainString();
    return Workload.resource("tpch-queries.sql").filled(Map.of("fraction", fraction));
  }

  /** Makes and fills the tables and has their statistics taken. */
  void load(ScratchServer server, String database) throws IOException, SQLException {
    server.execute("postgres", "CREATE DATABASE " + database);
    try (Connection connection = server.connect(database);
        Statement sql = connection.createStatement()) {
      sql.execute("CREATE EXTENSION pg_stat_statements");
      for (Workload.Entry table : Workload.resource("tpch.ddl.sql").entries()) {
        sql.execute(table.sql());
      }
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      for (TpchTable<?> table : TpchTable.getTables()) {
        fill(copy, table);
      }
      sql.execute("VACUUM ANALYZE");
      sql.execute("CHECKPOINT");
    }
  }

  private void fill(CopyManager copy, TpchTable<?> table) throws IOException, SQLException {
    String into = "COPY " + table.getTableName() + " FROM STDIN (DELIMITER '|')";
    Path file = folder == null ? null : kept(folder, table);
    if (file == null) {
      stream(copy.copyIn(into), table);
    } else {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        copy.copyIn(into, in);
      }
    }
  }

  private void stream(CopyIn in, TpchTable<?> table) throws SQLException {
    try {
      var chunk = new StringBuilder(2 * CHUNK);
      for (TpchEntity row : table.createGenerator(scale.doubleValue(), 1, 1)) {
        append(chunk, row);
        if (chunk.length() >= CHUNK) {
          write(in, chunk);
        }
      }
      write(in, chunk);
      in.endCopy();
    } finally {
      if (in.isActive()) {
        in.cancelCopy();
      }
    }
  }

  private static void write(CopyIn in, StringBuilder chunk) throws SQLException {
    byte[] bytes = chunk.toString().getBytes(StandardCharsets.UTF_8);
    in.writeToCopy(bytes, 0, bytes.length);
    chunk.setLength(0);
  }

  /** A line without the separator that the generator writes at its end. */
  private static void append(StringBuilder to, TpchEntity row) {
    to.append(row.toLine());
    to.setLength(to.length() - 1);
    to.append('\n');
  }

  private Path kept(Path folder, TpchTable<?> table) throws IOException {
    Path file = folder.resolve("tpch-" + scale).resolve(table.getTableName() + ".tbl");
    if (!Files.exists(file)) {
      Files.createDirectories(file.getParent());
      Path part = file.resolveSibling(table.getTableName() + ".part");
      try (BufferedWriter out = Files.newBufferedWriter(part)) {
        var line = new StringBuilder();
        for (TpchEntity row : table.createGenerator(scale.doubleValue(), 1, 1)) {
          line.setLength(0);
          append(line, row);
          out.append(line);
        }
      }
      Files.move(part, file);
    }
    return file;
  }

  /** Names of its tables. */
  static List<String> tables() {
    return TpchTable.getTables().stream().map(table -> table.getTableName()).toList();
  }
}
