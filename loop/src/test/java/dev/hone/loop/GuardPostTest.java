package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The guard's side of the pipe. */
class GuardPostTest {
  private final FakeTicker ticker = new FakeTicker();
  private final FakeFactory factory = new FakeFactory(ticker);
  private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
  private final List<GuardPost.Undone> undone = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final GuardPost post =
      new GuardPost(
          List.of(factory),
          new PrintStream(answers, true, StandardCharsets.UTF_8),
          undone::add,
          nanos::get);

  @Test
  void theEndOfThePipeUndoesTheNewestFirst() throws InterruptedException {
    for (String name : List.of("x", "y", "z")) {
      factory.knob(name).setByPerson("b");
    }
    serve(arm("1", "x"), arm("2", "y"), arm("3", "z"));
    assertThat(undone)
        .containsExactly(
            new GuardPost.Undone("3", "a", true),
            new GuardPost.Undone("2", "a", true),
            new GuardPost.Undone("1", "a", true));
    assertThat(answers())
        .containsExactly("armed 1", "armed 2", "armed 3", "undone 3 a", "undone 2 a", "undone 1 a");
    assertThat(factory.knob("x").value()).isEqualTo("a");
  }

  @Test
  void anUndoneChangeIsNotUndoneTwice() throws InterruptedException {
    factory.knob("x").setByPerson("b");
    serve(arm("1", "x"));
    factory.knob("x").setByPerson("b");
    serve();
    assertThat(factory.knob("x").value()).isEqualTo("b");
    assertThat(undone).hasSize(1);
  }

  @Test
  void disarmingForgets() throws InterruptedException {
    factory.knob("x").setByPerson("b");
    serve(
        arm("1", "x"), "{\"do\":\"disarm\",\"loop\":\"1\"}", "{\"do\":\"disarm\",\"loop\":\"9\"}");
    assertThat(undone).isEmpty();
    assertThat(factory.knob("x").value()).isEqualTo("b");
  }

  @Test
  void silenceBeyondTheTimeOutUndoes() throws InterruptedException {
    factory.knob("x").setByPerson("b");
    var orders = new PausingReader(arm("1", "x"));
    Thread server =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    post.serve(new BufferedReader(orders));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    orders.awaitPause();
    nanos.set(5_000);
    post.checkHeartbeat(5_000);
    assertThat(undone).isEmpty();
    nanos.set(5_001);
    post.checkHeartbeat(5_000);
    assertThat(undone).containsExactly(new GuardPost.Undone("1", "a", true));
    post.checkHeartbeat(5_000);
    assertThat(undone).hasSize(1);
    orders.end();
    server.join();
    assertThat(undone).hasSize(1);
  }

  @Test
  void aKnobItCannotOpenOrDoesNotKnowIsRefused() throws InterruptedException {
    factory.knob("gone").failure = Optional.of(KnobException.Reason.GONE);
    factory.knob("buggy").bug = Optional.of(new IllegalStateException("a bug"));
    serve(
        arm("1", "gone"),
        arm("2", "buggy"),
        arm("3", "x").replace("\"kind\":\"fake\"", "\"kind\":\"other\""),
        "{\"do\":\"arm\",\"loop\":\"4\"}",
        "{\"do\":\"dance\",\"loop\":\"5\"}",
        "dance",
        "[]",
        "{\"do\":\"beat\"}");
    assertThat(answers())
        .containsExactly(
            "refused 1 the fake is GONE",
            "refused 2 java.lang.IllegalStateException: a bug",
            "refused 3 the guard has no knob of kind other",
            "refused 4 the order has no `knob`",
            "refused 5 unknown order",
            "refused - not JSON at character 1: expected a value",
            "refused - expected a JSON object");
    assertThat(undone).isEmpty();
  }

  @Test
  void oneFailingUndoDoesNotKeepTheOthers() throws InterruptedException {
    for (String name : List.of("x", "y", "z", "d")) {
      factory.knob(name).setByPerson("b");
    }
    serveWith(
        () -> {
          factory.knob("y").bug = Optional.of(new IllegalStateException("a bug"));
          factory.knob("z").failure = Optional.of(KnobException.Reason.UNREACHABLE);
          factory.knob("d").setByPerson("someone's");
        },
        arm("1", "x"),
        arm("2", "y"),
        arm("3", "z"),
        arm("4", "d"));
    assertThat(undone).extracting(GuardPost.Undone::loop).containsExactly("4", "3", "2", "1");
    assertThat(undone)
        .extracting(GuardPost.Undone::restored)
        .containsExactly(true, false, false, true);
    assertThat(factory.knob("x").value()).isEqualTo("a");
    assertThat(factory.knob("d").value()).isEqualTo("someone's");
  }

  @Test
  void anUndoThatCannotBeRecordedHappensAllTheSame() throws InterruptedException {
    var full =
        new GuardPost(
            List.of(factory),
            new PrintStream(answers, true, StandardCharsets.UTF_8),
            outcome -> {
              throw new IllegalStateException("the disk is full");
            },
            nanos::get);
    factory.knob("x").setByPerson("b");
    factory.knob("y").setByPerson("b");
    full.serve(reader(arm("1", "x"), arm("2", "y")));
    assertThat(factory.knob("x").value()).isEqualTo("a");
    assertThat(factory.knob("y").value()).isEqualTo("a");
    assertThat(answers()).contains("unrecorded 2 the disk is full", "undone 1 a");
  }

  @Property(tries = 50, seed = "61")
  void holdsExactlyWhatIsArmedAndNotDisarmed(@ForAll List<Boolean> orders)
      throws InterruptedException {
    var lines = new ArrayList<String>();
    var held = new ArrayList<String>();
    int next = 0;
    for (boolean arms : orders) {
      if (arms || held.isEmpty()) {
        String loop = String.valueOf(next++);
        factory.knob("n" + loop).setByPerson("b");
        lines.add(arm(loop, "n" + loop));
        held.addFirst(loop);
      } else {
        lines.add("{\"do\":\"disarm\",\"loop\":\"" + held.removeLast() + "\"}");
      }
    }
    undone.clear();
    serve(lines.toArray(String[]::new));
    assertThat(undone).extracting(GuardPost.Undone::loop).isEqualTo(held);
  }

  private String arm(String loop, String name) {
    var order = new LinkedHashMap<String, @Nullable Object>();
    order.put("do", "arm");
    order.put("loop", loop);
    order.put("knob", RecordCodec.toTree(Examples.knob(name)));
    order.put("settings", Map.of("port", "1"));
    order.put("prior", "a");
    order.put("written", "b");
    return Json.write(order);
  }

  private void serve(String... orders) throws InterruptedException {
    post.serve(reader(orders));
  }

  private void serveWith(Runnable beforeTheEnd, String... orders) throws InterruptedException {
    post.serve(
        new BufferedReader(
            new StringReader(lines(orders)) {
              @Override
              public int read(char[] buffer, int offset, int length) throws java.io.IOException {
                int read = super.read(buffer, offset, length);
                if (read < 0) {
                  beforeTheEnd.run();
                }
                return read;
              }
            }));
  }

  private static BufferedReader reader(String... orders) {
    return new BufferedReader(new StringReader(lines(orders)));
  }

  private static String lines(String... orders) {
    return List.of(orders).stream().map(o -> o + "\n").collect(Collectors.joining());
  }

  private List<String> answers() {
    return answers.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** A pipe that gives its orders, then nothing until it is ended. */
  private static final class PausingReader extends StringReader {
    private boolean paused;
    private boolean ended;

    PausingReader(String order) {
      super(order + "\n");
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws java.io.IOException {
      int read = super.read(buffer, offset, length);
      if (read < 0) {
        pause();
      }
      return read;
    }

    private synchronized void pause() {
      paused = true;
      notifyAll();
      boolean interrupted = false;
      while (!ended && !interrupted) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }

    synchronized void awaitPause() throws InterruptedException {
      while (!paused) {
        wait();
      }
    }

    synchronized void end() {
      ended = true;
      notifyAll();
    }
  }
}
