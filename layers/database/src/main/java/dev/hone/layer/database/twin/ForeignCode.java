package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Code that an index would execute with the rights of whoever writes to its table. */
final class ForeignCode {
  private ForeignCode() {}

  /**
   * A function, operator or type whose code an index of the copy executes and that neither
   * PostgreSQL nor an extension brought along, or nothing; labels execute none.
   *
   * @param firstOid of the first thing that the copied definitions made
   */
  static String of(Connection admin, long index, long firstOid) throws SQLException {
    try (PreparedStatement query =
        admin.prepareStatement(
            """
            SELECT CASE d.refclassid WHEN 'pg_proc'::regclass THEN d.refobjid::regprocedure::text
              WHEN 'pg_operator'::regclass THEN d.refobjid::regoperator::text
              WHEN 'pg_type'::regclass THEN 'type ' || d.refobjid::regtype::text
              ELSE 'something of its own' END
            FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = ?
              AND d.refobjid >= ? AND d.refclassid <> 'pg_class'::regclass
              AND NOT (d.refclassid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t
                LEFT JOIN pg_type e ON e.oid = t.typelem
                WHERE t.oid = d.refobjid AND 'e' IN (t.typtype, e.typtype)))
            LIMIT 1
            """)) {
      query.setLong(1, index);
      query.setLong(2, firstOid);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }
}
