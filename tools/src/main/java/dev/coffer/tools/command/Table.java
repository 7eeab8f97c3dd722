package dev.coffer.tools.command;

import dev.coffer.model.ContainerState;
import dev.coffer.tools.text.Paint;
import dev.coffer.tools.text.Paint.Tone;
import java.util.ArrayList;
import java.util.List;

/** The table of lxc-ls: each cell padded to its column's width, and one space behind every cell. */
final class Table {
  private static final String NOTHING = "-";

  private final List<Column> columns;
  private final Paint paint;
  private final int[] widths;
  private final List<String[]> rows = new ArrayList<>();

  Table(List<Column> columns, Paint paint) {
    this.columns = columns;
    this.paint = paint;
    this.widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columns.get(i).leastWidth();
    }
  }

  void add(Glance container) {
    String[] cells = new String[widths.length];
    for (int i = 0; i < widths.length; i++) {
      cells[i] = columns.get(i).text(container);
      widths[i] = Math.max(widths[i], cells[i].length());
    }
    rows.add(cells);
  }

  @Override
  public String toString() {
    int lineWidth = 1;
    for (int width : widths) {
      lineWidth += width + 1;
    }
    StringBuilder out = new StringBuilder(lineWidth * (rows.size() + 1));
    for (int i = 0; i < widths.length; i++) {
      appendCell(out, columns.get(i).name(), widths[i], false, Tone.STRONG);
    }
    out.append('\n');
    for (String[] cells : rows) {
      appendRow(out, cells);
    }
    return out.toString();
  }

  private void appendRow(StringBuilder out, String[] cells) {
    for (int i = 0; i < widths.length; i++) {
      Column column = columns.get(i);
      boolean right = column.isAmount() && !cells[i].equals(NOTHING);
      appendCell(out, cells[i], widths[i], right, column == Column.STATE ? tone(cells[i]) : null);
    }
    out.append('\n');
  }

  private void appendCell(StringBuilder out, String text, int width, boolean right, Tone tone) {
    int space = width - text.length();
    out.repeat(' ', right ? space : 0);
    out.append(tone == null ? text : paint.paint(tone, text));
    out.repeat(' ', right ? 1 : space + 1);
  }

  private static Tone tone(String state) {
    if (state.equals(ContainerState.RUNNING.name())) {
      return Tone.GOOD;
    }
    return state.equals(ContainerState.STOPPED.name()) ? Tone.FAINT : Tone.WARNING;
  }
}
