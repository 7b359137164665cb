package dev.hone.layer.database.twin;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Code that an index would execute with the rights of whoever writes to its table. */
public final class ForeignCode {
  /** FirstNormalObjectId: what is older came with the server. */
  public static final long FIRST_OF_USERS = 16_384;

  private ForeignCode() {}

  /**
   * A function, operator or type whose code an index executes and that neither PostgreSQL nor an
   * extension brought along, or nothing; labels and collations execute none. What somebody added to
   * an extension is not a superuser's, as what came with it is.
   *
   * @param firstOid of the first thing that may be somebody's
   */
  public static String of(Connection connection, long index, long firstOid) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT /* hone */ CASE d.refclassid
              WHEN 'pg_proc'::regclass THEN d.refobjid::regprocedure::text
              WHEN 'pg_operator'::regclass THEN d.refobjid::regoperator::text
              WHEN 'pg_type'::regclass THEN 'type ' || d.refobjid::regtype::text
              ELSE 'something of its own' END
            FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = ?
              AND d.refobjid >= ?
              AND d.refclassid NOT IN ('pg_class'::regclass, 'pg_collation'::regclass)
              AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.refclassid
                AND e.objid = d.refobjid AND e.deptype = 'e'
                AND EXISTS (SELECT FROM pg_roles r WHERE r.rolsuper AND r.oid = coalesce(
                  (SELECT proowner FROM pg_proc WHERE oid = e.objid
                    AND e.classid = 'pg_proc'::regclass),
                  (SELECT oprowner FROM pg_operator WHERE oid = e.objid
                    AND e.classid = 'pg_operator'::regclass),
                  (SELECT typowner FROM pg_type WHERE oid = e.objid
                    AND e.classid = 'pg_type'::regclass),
                  (SELECT opcowner FROM pg_opclass WHERE oid = e.objid
                    AND e.classid = 'pg_opclass'::regclass),
                  (SELECT opfowner FROM pg_opfamily WHERE oid = e.objid
                    AND e.classid = 'pg_opfamily'::regclass))))
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
