package dev.hone.layer.jvm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The HikariCP pools of one JVM. HikariCP registers two MBeans a pool, {@code
 * com.zaxxer.hikari:type=Pool (NAME)} and {@code type=PoolConfig (NAME)}, or with {@code
 * -Dhikaricp.jmx.register2.0=true} {@code type=Pool,name=NAME} and {@code
 * type=PoolConfig,name=NAME} ({@code PoolBase.handleMBeans}, HikariCP 7.1.0).
 */
final class HikariPools {
  static final String MAXIMUM = "MaximumPoolSize";
  static final String MINIMUM_IDLE = "MinimumIdle";
  static final String TOTAL = "TotalConnections";
  static final String EVICT = "softEvictConnections";

  private static final ObjectName ALL = JmxConnection.name("com.zaxxer.hikari:*");
  private static final String CONFIG_TYPE = "PoolConfig";
  private static final int MAX_POOLS = 16;

  private HikariPools() {}

  /** The two MBeans of a pool. */
  record Beans(String pool, ObjectName state, ObjectName config) {}

  /** One look at a pool: numbers of connections and of waiting threads. */
  record Reading(String pool, int active, int idle, int total, int pending, int max) {
    /** Whether threads wait although every connection the pool may have is in use. */
    boolean starved() {
      return pending > 0 && active >= max;
    }
  }

  /** The pools that are registered now, at most {@value #MAX_POOLS}. */
  static List<Beans> find(JmxConnection connection) throws IOException {
    var found = new ArrayList<Beans>();
    for (ObjectName config : connection.beans().queryNames(ALL, null)) {
      String type = config.getKeyProperty("type");
      if (type != null && type.startsWith(CONFIG_TYPE) && found.size() < MAX_POOLS) {
        String state = config.getCanonicalName().replace("type=" + CONFIG_TYPE, "type=Pool");
        found.add(new Beans(poolName(config, type), JmxConnection.name(state), config));
      }
    }
    return found;
  }

  /** The pool of that name. */
  static Optional<Beans> find(JmxConnection connection, String pool) throws IOException {
    return find(connection).stream().filter(beans -> beans.pool().equals(pool)).findFirst();
  }

  private static String poolName(ObjectName config, String type) {
    String property = config.getKeyProperty("name");
    int open = type.indexOf('(');
    if (property != null) {
      return property;
    }
    return open < 0 ? type : type.substring(open + 1, type.lastIndexOf(')'));
  }

  /** Looks at a pool. */
  static Reading read(JmxConnection connection, Beans beans) throws IOException, JMException {
    AttributeList state =
        connection.attributes(
            beans.state(),
            "ActiveConnections",
            "IdleConnections",
            TOTAL,
            "ThreadsAwaitingConnection");
    AttributeList config = connection.attributes(beans.config(), MAXIMUM);
    return new Reading(
        beans.pool(),
        number(state, "ActiveConnections"),
        number(state, "IdleConnections"),
        number(state, TOTAL),
        number(state, "ThreadsAwaitingConnection"),
        number(config, MAXIMUM));
  }

  private static int number(AttributeList attributes, String name) throws JMException {
    for (Attribute attribute : attributes.asList()) {
      if (attribute.getName().equals(name) && attribute.getValue() instanceof Number number) {
        return number.intValue();
      }
    }
    throw new javax.management.AttributeNotFoundException(name);
  }
}
