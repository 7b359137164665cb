package dev.hone.layer.jvm;

/**
 * The command by which a person sets the size of a pool. {@code jcmd} has no verb for attributes of
 * MBeans, so it is a line for {@code jshell}, which comes with every JDK.
 */
final class PoolCommand {
  private PoolCommand() {}

  /** Sets {@code maximumPoolSize} and, where connections have to go, evicts them. */
  static String set(String pid, String pool, int size, boolean shrink) {
    String evict =
        shrink
            ? "b.invoke(new javax.management.ObjectName("
                + literal("com.zaxxer.hikari:type=Pool (" + pool + ")")
                + "),\"softEvictConnections\",null,null);"
            : "";
    String java =
        "var b=javax.management.remote.JMXConnectorFactory.connect("
            + "new javax.management.remote.JMXServiceURL("
            + "com.sun.tools.attach.VirtualMachine.attach(\""
            + pid
            + "\").startLocalManagementAgent())).getMBeanServerConnection();"
            + "b.setAttribute(new javax.management.ObjectName("
            + literal("com.zaxxer.hikari:type=PoolConfig (" + pool + ")")
            + "),new javax.management.Attribute(\"MaximumPoolSize\","
            + size
            + "));"
            + evict;
    return "printf '%s\\n' '" + java.replace("'", "'\\''") + "' | jshell -s -";
  }

  /** A Java string literal of ASCII; a pool's name is the application's choice, not ours. */
  private static String literal(String text) {
    var literal = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        literal.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        literal.append(String.format("\\u%04x", (int) c));
      } else {
        literal.append(c);
      }
    }
    return literal.append('"').toString();
  }
}
