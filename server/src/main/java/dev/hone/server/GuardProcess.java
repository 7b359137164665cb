package dev.hone.server;

import dev.hone.loop.Guard;
import dev.hone.loop.Json;
import dev.hone.loop.KnobRef;
import dev.hone.loop.RecordCodec;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Hone's side of the pipe to the guard: starts it, hands undos over, beats. */
public final class GuardProcess implements Guard, AutoCloseable {
  private static final int ANSWER_SECONDS = 15;
  private static final long BEAT_MILLIS = 500;
  private static final String GONE = "the guard process is gone; restart Hone";

  private final Process process;
  private final BufferedWriter orders;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>(1_000);
  private final BiConsumer<String, String> onUndone;
  private final Runnable onGone;
  private final Thread beat;
  private volatile boolean closing;

  /**
   * Starts the guard.
   *
   * @param onUndone called with loop and value when the guard undid a change although Hone lives
   * @param onGone called when the guard has ended although Hone lives: nothing is held any more
   */
  public static GuardProcess start(
      Path dataDirectory, BiConsumer<String, String> onUndone, Runnable onGone)
      throws StartException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-Xms8m",
            "-Xmx24m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=16m",
            "-cp",
            System.getProperty("java.class.path"),
            GuardMain.class.getName(),
            dataDirectory.toString());
    builder.redirectError(dataDirectory.resolve("guard.err").toFile());
    try {
      return new GuardProcess(builder.start(), onUndone, onGone);
    } catch (IOException e) {
      throw new StartException("the guard process cannot be started: " + e.getMessage(), e);
    }
  }

  private GuardProcess(Process process, BiConsumer<String, String> onUndone, Runnable onGone) {
    this.process = process;
    this.onUndone = onUndone;
    this.onGone = onGone;
    this.orders =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    Thread.ofPlatform().daemon().name("guard-answers").start(this::listen);
    beat = Thread.ofPlatform().daemon().name("guard-beat").start(this::beat);
  }

  /** The number of the guard's process. */
  public long pid() {
    return process.pid();
  }

  private void listen() {
    var reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    try {
      String line;
      while ((line = reader.readLine()) != null) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("undone") || words[0].equals("stuck")) {
          onUndone.accept(words[1], words.length > 2 ? words[2] : "");
        } else if (!words[0].equals("ready") && !answers.offer(line)) {
          answers.clear();
        }
      }
    } catch (IOException e) {
      answers.clear();
    }
    if (!closing) {
      answers.offer(GONE);
      onGone.run();
    }
  }

  private void beat() {
    try {
      while (!closing) {
        send(Map.of("do", "beat"));
        Thread.sleep(BEAT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      process.destroy();
    }
  }

  private void send(Map<String, ? extends @Nullable Object> order) throws IOException {
    synchronized (orders) {
      orders.write(Json.write(order));
      orders.newLine();
      orders.flush();
    }
  }

  @Override
  public synchronized void arm(
      String loop, KnobRef knob, Map<String, String> settings, String prior, String written)
      throws GuardException, InterruptedException {
    var order = new LinkedHashMap<String, @Nullable Object>();
    order.put("do", "arm");
    order.put("loop", loop);
    order.put("knob", RecordCodec.toTree(knob));
    order.put("settings", settings);
    order.put("prior", prior);
    order.put("written", written);
    answers.clear();
    try {
      send(order);
    } catch (IOException e) {
      throw new GuardException(GONE, e);
    }
    String answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
    if (answer == null) {
      throw new GuardException("the guard did not answer within " + ANSWER_SECONDS + " s");
    } else if (!answer.equals("armed " + loop)) {
      throw new GuardException(answer);
    }
  }

  @Override
  public void disarm(String loop) {
    try {
      send(Map.of("do", "disarm", "loop", loop));
    } catch (IOException e) {
      beat.interrupt();
    }
  }

  @Override
  public void close() {
    closing = true;
    beat.interrupt();
    try {
      synchronized (orders) {
        orders.close();
      }
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroy();
      }
    } catch (IOException e) {
      process.destroy();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
