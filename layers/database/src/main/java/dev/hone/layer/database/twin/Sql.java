package dev.hone.layer.database.twin;

/** Texts as SQL spells them. */
final class Sql {
  private Sql() {}

  /** A name, quoted whatever it is. */
  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** {@code "schema"."relation"}. */
  static String quoted(String schema, String relation) {
    return quoted(schema) + "." + quoted(relation);
  }

  /** A text as a literal, whatever standard_conforming_strings says. */
  static String literal(String text) {
    String doubled = text.replace("'", "''");
    return text.indexOf('\\') < 0
        ? "'" + doubled + "'"
        : " E'" + doubled.replace("\\", "\\\\") + "'";
  }
}
