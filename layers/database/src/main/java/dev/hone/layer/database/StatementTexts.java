package dev.hone.layer.database;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts of statements by queryid. A queryid's text never changes, so the last 500 are
 * remembered.
 */
final class StatementTexts {
  private static final int REMEMBERED = 500;

  private final Session session;
  private final Map<String, String> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  StatementTexts(Session session) {
    this.session = session;
  }

  /** The texts that the server still has; the others are left out. */
  synchronized Map<String, String> of(Collection<String> queryids) throws SQLException {
    List<String> unknown = queryids.stream().filter(id -> !known.containsKey(id)).toList();
    if (!unknown.isEmpty()) {
      known.putAll(fetch(unknown));
    }
    return remembered(queryids);
  }

  /** The texts that are remembered; the server is not asked. */
  synchronized Map<String, String> remembered(Collection<String> queryids) {
    var texts = new HashMap<String, String>();
    for (String queryid : queryids) {
      String text = known.get(queryid);
      if (text != null) {
        texts.put(queryid, text);
      }
    }
    return texts;
  }

  private Map<String, String> fetch(List<String> queryids) throws SQLException {
    return session.ask(
        (connection, server) -> {
          var found = new HashMap<String, String>();
          if (!server.hasStatements()) {
            return found;
          }
          var ids = new ArrayList<Long>();
          queryids.forEach(id -> ids.add(Long.valueOf(id)));
          Array array = connection.createArrayOf("bigint", ids.toArray());
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT /* hone */ queryid, max(query) FROM "
                      + server.statementsView()
                      + "(true) WHERE queryid = ANY (?) AND query IS NOT NULL"
                      + " AND query <> '<insufficient privilege>' GROUP BY queryid")) {
            query.setArray(1, array);
            try (ResultSet rows = query.executeQuery()) {
              while (rows.next()) {
                found.put(rows.getString(1), rows.getString(2));
              }
            }
          }
          return found;
        });
  }
}
