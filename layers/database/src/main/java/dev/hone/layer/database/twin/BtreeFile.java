package dev.hone.layer.database.twin;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Makes the file of an empty B-tree look as high as a full one. The planner takes the height from
 * the meta page (_bt_getrootheight) and may walk down to the leaves to look for the least or
 * greatest value (get_actual_variable_range), so there must be a way: a chain of pages, each with
 * one downlink, ends at an empty leaf. Layout as in PostgreSQL's {@code nbtree.h}, {@code
 * bufpage.h} and {@code itup.h}; the twin ignores the pages' missing checksums.
 */
final class BtreeFile {
  /** Bytes of a page. */
  static final int PAGE = IndexSize.PAGE;

  private static final int HEADER = 24;
  private static final int SPECIAL = PAGE - 16;
  private static final int MAGIC = 0x053162;

  /** Where BTMetaPageData has its fields, from the page's beginning. */
  private static final int META_MAGIC = HEADER;

  private static final int META_ROOT = HEADER + 8;
  private static final int META_ALL_EQUAL_IMAGE = HEADER + 40;
  private static final int LEAF = 1;
  private static final int ROOT = 2;
  private static final int TUPLE = 8;
  private static final int POINTER = 4;
  private static final int LINE_NORMAL = 1 << 15;
  private static final int ALTERNATIVE_TID = 0x2000;
  private static final int LAYOUT_VERSION = 4;

  private BtreeFile() {}

  /**
   * Whether tuples with equal keys are merged into lists of addresses. The server decides that by
   * the operator classes, the collations and its own release when it makes the index, and writes it
   * on the meta page (_bt_allequalimage).
   *
   * @throws IOException when the file is none of an empty B-tree
   */
  static boolean merges(Path file) throws IOException {
    try (var open = new RandomAccessFile(file.toFile(), "r")) {
      return metaPage(open, file)[META_ALL_EQUAL_IMAGE] != 0;
    }
  }

  private static byte[] metaPage(RandomAccessFile open, Path file) throws IOException {
    var bytes = new byte[PAGE];
    open.readFully(bytes);
    ByteBuffer meta = fields(bytes);
    if (meta.getInt(META_MAGIC) != MAGIC || meta.getInt(META_ROOT) != 0) {
      throw new IOException(file + " is no file of an empty B-tree");
    }
    return bytes;
  }

  private static ByteBuffer fields(byte[] page) {
    return ByteBuffer.wrap(page).order(ByteOrder.nativeOrder());
  }

  /**
   * Gives the tree a height.
   *
   * @param height levels above the leaves
   * @throws IOException when the file is none of an empty B-tree of this byte order, too
   */
  static void raise(Path file, int height) throws IOException {
    try (var open = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] bytes = metaPage(open, file);
      ByteBuffer meta = fields(bytes);
      for (int half = 0; half < 2; half++) {
        meta.putInt(META_ROOT + 8 * half, 1);
        meta.putInt(META_ROOT + 8 * half + 4, height);
      }
      open.seek(0);
      open.write(bytes);
      for (int level = height; level >= 0; level--) {
        open.write(level(height, level));
      }
    }
  }

  private static byte[] level(int height, int level) {
    var bytes = new byte[PAGE];
    ByteBuffer page = fields(bytes);
    int block = 1 + height - level;
    boolean inner = level > 0;
    page.putShort(12, (short) (inner ? HEADER + POINTER : HEADER));
    page.putShort(14, (short) (inner ? SPECIAL - TUPLE : SPECIAL));
    page.putShort(16, (short) SPECIAL);
    page.putShort(18, (short) (PAGE | LAYOUT_VERSION));
    if (inner) {
      page.putInt(HEADER, (SPECIAL - TUPLE) | LINE_NORMAL | TUPLE << 17);
      page.putShort(SPECIAL - TUPLE, (short) ((block + 1) >>> 16));
      page.putShort(SPECIAL - TUPLE + 2, (short) (block + 1));
      page.putShort(SPECIAL - TUPLE + 6, (short) (TUPLE | ALTERNATIVE_TID));
    }
    page.putInt(SPECIAL + 8, level);
    page.putShort(SPECIAL + 12, (short) ((level == height ? ROOT : 0) | (inner ? 0 : LEAF)));
    return bytes;
  }
}
