package dev.hone.layer.jvm;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.AttributeList;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** An open connection to the MBeans of one JVM; safe for use by several threads. */
final class JmxConnection implements AutoCloseable {
  static final ObjectName RUNTIME = name("java.lang:type=Runtime");

  private final String url;
  private final JMXConnector connector;
  private final MBeanServerConnection beans;

  private JmxConnection(String url, JMXConnector connector) throws IOException {
    this.url = url;
    this.connector = connector;
    this.beans = connector.getMBeanServerConnection();
  }

  /**
   * Connects; blocks as long as the target is silent, see {@link #within}. Addresses come from the
   * attach API or from the owner's configuration, never from the network.
   */
  @SuppressWarnings("BanJNDI")
  static JmxConnection open(String url) throws IOException {
    return new JmxConnection(url, JMXConnectorFactory.connect(new JMXServiceURL(url)));
  }

  /**
   * Runs a call that may hang on a thread of its own and gives it up at the limit or when the
   * caller is interrupted. RMI has no time-out of its own.
   *
   * @throws IOException when the target did not answer in time or not sensibly
   */
  static <T> T within(Duration limit, Callable<T> call)
      throws IOException, JMException, InterruptedException {
    var task = new FutureTask<>(call);
    Thread.ofVirtual().name("jmx-call").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + limit.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case JMException jm -> throw jm;
        case RuntimeException runtime -> throw runtime;
        case null, default -> throw new IOException("the call failed: " + e.getCause(), e);
      }
    } finally {
      task.cancel(true);
    }
  }

  String url() {
    return url;
  }

  MBeanServerConnection beans() {
    return beans;
  }

  /** The attributes that the MBean has of those asked for. */
  AttributeList attributes(ObjectName bean, String... attributes) throws IOException, JMException {
    return beans.getAttributes(bean, attributes);
  }

  /** When the JVM says it started, in milliseconds since the epoch. */
  long startMillis() throws IOException, JMException {
    return (Long) beans.getAttribute(RUNTIME, "StartTime");
  }

  /** Never blocks: a connector whose target is silent blocks while it says goodbye. */
  @Override
  public void close() {
    Thread.ofVirtual()
        .name("jmx-close")
        .start(
            () -> {
              try {
                connector.close();
              } catch (IOException e) {
                return; // the target is gone, and the connection with it
              }
            });
  }

  static ObjectName name(String text) {
    try {
      return new ObjectName(text);
    } catch (JMException e) {
      throw new IllegalArgumentException("`" + text + "` is no name of an MBean", e);
    }
  }
}
