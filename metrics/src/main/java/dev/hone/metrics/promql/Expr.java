package dev.hone.metrics.promql;

import dev.hone.metrics.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a query. */
sealed interface Expr {
  /** What a part yields. */
  enum Type {
    SCALAR("scalar"),
    STRING("string"),
    VECTOR("instant vector"),
    MATRIX("range vector");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Where it begins in the text. */
  int position();

  /** What it yields. */
  Type type();

  /**
   * When a selector or subquery is evaluated.
   *
   * @param offset how much earlier, ms
   * @param at a fixed time in ms since the epoch, or null
   * @param edge {@code start} or {@code end} of the query instead of a time, or null
   */
  record When(long offset, @Nullable Long at, @Nullable String edge) {
    static final When NOW = new When(0, null, null);

    boolean isFixed() {
      return at != null || edge != null;
    }
  }

  /** A number. */
  record Literal(int position, double value) implements Expr {
    @Override
    public Type type() {
      return Type.SCALAR;
    }
  }

  /** A text. */
  record Text(int position, String value) implements Expr {
    @Override
    public Type type() {
      return Type.STRING;
    }
  }

  /** Series by their labels. */
  record Selector(int position, List<Matcher> matchers, When when) implements Expr {
    @Override
    public Type type() {
      return Type.VECTOR;
    }
  }

  /** Samples of a time before the moment of evaluation. */
  record Range(int position, Selector selector, long range) implements Expr {
    @Override
    public Type type() {
      return Type.MATRIX;
    }
  }

  /**
   * Values of another part over a time.
   *
   * @param step distance of the values in ms; 0 for the default
   */
  record Subquery(int position, Expr inner, long range, long step, When when) implements Expr {
    @Override
    public Type type() {
      return Type.MATRIX;
    }
  }

  /** A sign. */
  record Unary(int position, boolean minus, Expr inner) implements Expr {
    @Override
    public Type type() {
      return inner.type();
    }
  }

  /** Round brackets. */
  record Paren(int position, Expr inner) implements Expr {
    @Override
    public Type type() {
      return inner.type();
    }
  }

  /**
   * How series of two vectors find each other.
   *
   * @param on whether {@code labels} are those compared, or those left out
   * @param card which side may have several
   * @param include labels taken over from the side with one
   */
  record Matching(boolean on, List<String> labels, Card card, List<String> include) {
    /** Which side may have several series to one of the other. */
    enum Card {
      ONE_TO_ONE,
      MANY_TO_ONE,
      ONE_TO_MANY,
      MANY_TO_MANY
    }
  }

  /** An operator between two parts. */
  record Binary(
      int position, Operator operator, Expr left, Expr right, boolean bool, Matching matching)
      implements Expr {
    @Override
    public Type type() {
      return left.type() == Type.SCALAR && right.type() == Type.SCALAR ? Type.SCALAR : Type.VECTOR;
    }
  }

  /** Several series put together. */
  record Aggregate(
      int position,
      String operator,
      Expr inner,
      @Nullable Expr parameter,
      List<String> labels,
      boolean without)
      implements Expr {
    @Override
    public Type type() {
      return Type.VECTOR;
    }
  }

  /** A function. */
  record Call(int position, Function function, List<Expr> arguments) implements Expr {
    @Override
    public Type type() {
      return function.result();
    }
  }

  /** The part without brackets around it. */
  static Expr bare(Expr expr) {
    Expr inner = expr;
    while (inner instanceof Paren paren) {
      inner = paren.inner();
    }
    return inner;
  }
}
