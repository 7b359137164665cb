package dev.hone.metrics.remote;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.SeriesVisitor;
import dev.hone.metrics.engine.Outbox.Position;
import dev.hone.metrics.promql.PushDown;
import dev.hone.metrics.promql.Query;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks the backends, each slot one of them; where one fails another one is asked. */
final class Questions {
  private final RemoteStore store;
  private final @Nullable Consumer<String> lacks;

  /**
   * Questions of one who is told what an answer lacks; with null an answer that lacks something is
   * refused.
   */
  Questions(RemoteStore store, @Nullable Consumer<String> lacks) {
    this.store = store;
    this.lacks = lacks;
  }

  private void lacking(String sentence) {
    if (lacks == null || store.options().partial() == RemoteOptions.Partial.REFUSE) {
      throw new MetricStore.UnavailableException(sentence);
    }
    lacks.accept(sentence);
  }

  /** A question to one backend that was sent. */
  private record Asked(Node node, BitSet slots, CompletableFuture<Link.Reply> reply) {}

  /** Puts a question into the words of one backend. */
  private interface Wording {
    CompletableFuture<Link.Reply> ask(Node node, BitSet slots) throws IOException;
  }

  /** Takes an answer; nothing of it when it throws. */
  private interface Reading {
    void read(Node node, BitSet slots, Link.Reply reply) throws IOException;
  }

  /** One question about a time, asked until every slot is answered or nobody is left to ask. */
  private final class Question {
    private final long oldest;
    private final long newest;
    private final Map<Node, String> failed = new HashMap<>();
    private final Position at = store.acknowledged();
    private final boolean everything;
    private boolean answered;
    private BitSet open;

    Question(BitSet slots, long oldest, long newest) {
      this.everything = slots.equals(Slots.all());
      this.open = slots;
      this.oldest = oldest;
      this.newest = newest;
    }

    /** The next plan for what is still open, or null when all is answered. */
    Planner.@Nullable Plan next() {
      if (open.isEmpty()) {
        return null;
      }
      try {
        Planner.Plan plan = store.planner().plan(open, oldest, newest, at, failed);
        if (everything && !answered && plan.whole().isEmpty() && plan.joined().isEmpty()) {
          throw new MetricStore.UnavailableException(
              "no backend answers: " + String.join("; ", plan.lacks()));
        }
        plan.lacks().forEach(Questions.this::lacking);
        open = new BitSet();
        return plan;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MetricStore.UnavailableException("the question was interrupted");
      }
    }

    /** Asks all at once, then reads one after the other; who fails is not asked again. */
    void ask(Map<Node, BitSet> slots, Wording wording, Reading reading) {
      var asked = new ArrayList<Asked>();
      slots.forEach(
          (node, own) -> {
            try {
              asked.add(new Asked(node, own, wording.ask(node, own)));
            } catch (IOException e) {
              failed(node, own, e);
            }
          });
      try {
        for (Asked one : asked) {
          try {
            Link.Reply reply = one.node().link().await(one.reply());
            reading.read(one.node(), one.slots(), reply);
            answered = true;
          } catch (IOException e) {
            failed(one.node(), one.slots(), e);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MetricStore.UnavailableException("the question was interrupted");
      } finally {
        asked.forEach(one -> one.reply().cancel(true));
      }
    }

    private void failed(Node node, BitSet slots, IOException why) {
      failed.put(node, String.valueOf(why.getMessage()));
      open.or(slots);
    }
  }

  /** Has a part of a query evaluated where its samples lie. */
  List<List<Query.Line>> evaluate(PushDown.Part part) {
    var shares = new ArrayList<List<Query.Line>>();
    var question = new Question(Slots.all(), part.oldest(), part.newest());
    for (Planner.Plan plan = question.next(); plan != null; plan = question.next()) {
      var here = new BitSet();
      plan.joined().forEach(joined -> here.or(joined.slots()));
      var there = new LinkedHashMap<Node, BitSet>();
      plan.whole()
          .forEach(
              (node, slots) -> {
                if (node.backend().flavour().evaluates(part.functions())) {
                  there.put(node, slots);
                } else {
                  here.or(slots);
                }
              });
      question.ask(
          there,
          (node, slots) -> pushed(node, part, Slots.matcher(slots)),
          (node, slots, reply) -> {
            if (reply.status() == 400 || reply.status() == 422) {
              // Too much for the backend, or too new a word: its raw samples do as well.
              here.or(slots);
            } else {
              shares.add(lines(node, reply));
            }
          });
      if (!here.isEmpty()) {
        shares.add(part.evaluateHere(Slots.matcher(here)));
      }
    }
    return shares;
  }

  private static CompletableFuture<Link.Reply> pushed(
      Node node, PushDown.Part part, Matcher matcher) throws IOException {
    var parameters = new HashMap<String, String>();
    parameters.put("query", part.text(matcher));
    if (part.steps() == 1) {
      parameters.put("time", seconds(part.start()));
      return node.link().ask("/api/v1/query", parameters);
    }
    parameters.put("start", seconds(part.start()));
    parameters.put("end", seconds(part.start() + (part.steps() - 1) * part.step()));
    parameters.put("step", seconds(part.step()));
    return node.link().ask("/api/v1/query_range", parameters);
  }

  private static String seconds(long millis) {
    return BigDecimal.valueOf(millis, 3).toPlainString();
  }

  private List<Query.Line> lines(Node node, Link.Reply reply) throws IOException {
    var lines = new ArrayList<Query.Line>();
    List<String> warnings =
        Answers.series(
            good(reply).body(),
            (labels, times, values, count) ->
                lines.add(
                    new Query.Line(
                        labels, Arrays.copyOf(times, count), Arrays.copyOf(values, count))));
    node.link().countReceived(reply.body().length);
    warnings.forEach(w -> lacking("backend `" + node.name() + "` says: " + w));
    return lines;
  }

  private static Link.Reply good(Link.Reply reply) throws IOException {
    if (!reply.isGood()) {
      throw new IOException("it answers " + reply.status() + ": " + reply.text());
    }
    return reply;
  }

  /** The slots that matchers ask for, and the matchers without that condition. */
  private record Asking(BitSet slots, List<Matcher> matchers) {
    static Asking of(List<Matcher> matchers) {
      var slots = Slots.all();
      var rest = new ArrayList<Matcher>();
      for (Matcher matcher : matchers) {
        if (matcher.label().equals(Slots.LABEL)) {
          // No series has the label as far as anybody sees.
          boolean none = Slots.slots(matcher).isEmpty();
          if (!none || !dev.hone.metrics.LabelTest.of(matcher).matches("")) {
            slots.and(Slots.slots(matcher));
          }
        } else {
          rest.add(matcher);
        }
      }
      return new Asking(slots, rest);
    }
  }

  /** Shows raw samples in {@code (from, to]}. */
  void scan(List<Matcher> matchers, long from, long to, SeriesVisitor visitor) {
    Asking asking = Asking.of(matchers);
    if (from >= to) {
      return;
    }
    var question = new Question(asking.slots(), from + 1, to);
    var raw = new RawSamples(asking.matchers(), from + 1, to);
    for (Planner.Plan plan = question.next(); plan != null; plan = question.next()) {
      for (Map<Node, BitSet> chunk : chunks(plan.whole())) {
        question.ask(
            chunk,
            raw::ask,
            (node, slots, reply) -> {
              var all = new ArrayList<dev.hone.metrics.Series>();
              raw.read(node, good(reply), all, this::lacking);
              all.forEach(s -> visitor.visit(s.labels(), s.times(), s.values(), s.size()));
            });
      }
      for (Planner.Joined joined : plan.joined()) {
        var several = new LinkedHashMap<Node, BitSet>();
        joined.nodes().forEach(node -> several.put(node, joined.slots()));
        var together = new JoinedSeries();
        var before = (BitSet) question.open.clone();
        question.ask(
            several,
            raw::ask,
            (node, slots, reply) -> {
              var all = new ArrayList<dev.hone.metrics.Series>();
              raw.read(node, good(reply), all, this::lacking);
              all.forEach(together::add);
            });
        if (question.open.equals(before)) {
          together.forEach(visitor);
        }
      }
    }
  }

  /** Divides what is asked of each backend, so that no answer is much larger than need be. */
  private static List<Map<Node, BitSet>> chunks(Map<Node, BitSet> whole) {
    var chunks = new ArrayList<Map<Node, BitSet>>();
    whole.forEach(
        (node, slots) -> {
          int number = 0;
          var now = new BitSet();
          for (int slot : slots.stream().toArray()) {
            now.set(slot);
            if (now.cardinality() == RawSamples.SLOTS_TOGETHER) {
              put(chunks, number++, node, now);
              now = new BitSet();
            }
          }
          if (!now.isEmpty()) {
            put(chunks, number, node, now);
          }
        });
    return chunks;
  }

  private static void put(List<Map<Node, BitSet>> chunks, int number, Node node, BitSet slots) {
    while (chunks.size() <= number) {
      chunks.add(new LinkedHashMap<>());
    }
    chunks.get(number).put(node, slots);
  }

  /** Shows the labels of series with a sample in {@code (from, to]}. */
  void series(List<Matcher> matchers, long from, long to, Consumer<Labels> visitor) {
    Asking asking = Asking.of(matchers);
    long first = Math.clamp(from, 0, Long.MAX_VALUE / 2) + 1;
    long last = Math.clamp(to, first, 9_999_999_999_999L);
    var question = new Question(asking.slots(), first, last);
    for (Planner.Plan plan = question.next(); plan != null; plan = question.next()) {
      var all = new LinkedHashMap<Node, BitSet>(plan.whole());
      for (Planner.Joined joined : plan.joined()) {
        for (Node node : joined.nodes()) {
          all.computeIfAbsent(node, n -> new BitSet()).or(joined.slots());
        }
      }
      question.ask(
          all,
          (node, slots) ->
              node.link()
                  .ask(
                      "/api/v1/series",
                      Map.of(
                          "match[]",
                          RawSamples.selector(asking.matchers(), slots),
                          "start",
                          seconds(first),
                          "end",
                          seconds(last))),
          (node, slots, reply) -> {
            node.link().countReceived(reply.body().length);
            Answers.labelSets(
                good(reply).body(),
                (labels, times, values, count) -> visitor.accept(RawSamples.stripped(labels)));
          });
    }
  }

  /** The union of a list of texts over the backends that answer. */
  List<String> texts(String path) {
    var texts = new TreeSet<String>();
    var asked = new ArrayList<Asked>();
    var silent = new ArrayList<String>();
    for (Node node : store.nodes()) {
      try {
        asked.add(new Asked(node, Slots.all(), node.link().get(path)));
      } catch (IOException e) {
        silent.add(node.name());
      }
    }
    for (Asked one : asked) {
      try {
        Link.Reply reply = one.node().link().await(one.reply());
        texts.addAll(Answers.texts(good(reply).body()));
      } catch (IOException e) {
        silent.add(one.node().name());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MetricStore.UnavailableException("the question was interrupted");
      }
    }
    if (silent.size() == store.nodes().size()) {
      throw new MetricStore.UnavailableException(
          "no backend answers; asked were " + String.join(", ", silent));
    }
    if (silent.size() >= store.options().copies()) {
      lacking("names may be missing: no answer from backends " + String.join(", ", silent));
    }
    return List.copyOf(texts);
  }
}
