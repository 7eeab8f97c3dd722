package dev.coffer.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.model.PortForward;
import dev.coffer.model.plan.Undo;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal of interfaces that come and go while a container runs. */
class AddedInterfacesTest {
  private static final Undo LINK = new Undo.RemoveLink("veth0");
  private static final Undo ADDED = new Undo.RemoveLink("veth1");
  private static final Undo FORWARDS =
      new Undo.RemoveForwards("veth1", "br0", List.of(PortForward.parse("8080:80")));
  private static final AddedInterfaces.Added ONE =
      new AddedInterfaces.Added(3, "eth1", List.of(ADDED, FORWARDS));

  @TempDir Path directory;
  private AddedInterfaces interfaces;

  @BeforeEach
  void open() {
    interfaces = new AddedInterfaces(directory.resolve("interfaces"));
  }

  @Test
  void withoutChangesTheJournalIsThatOfTheStart() {
    assertEquals(List.of(LINK), interfaces.in(List.of(LINK)));
    assertEquals(OptionalInt.empty(), interfaces.highestIndex());
  }

  @Test
  void whatIsAddedJoinsItAndIsReadByOthers() {
    interfaces.add(ONE);
    AddedInterfaces again = new AddedInterfaces(directory.resolve("interfaces"));
    assertEquals(List.of(LINK, ADDED, FORWARDS), again.in(List.of(LINK)));
    assertEquals(ONE, again.named("eth1").orElseThrow());
    assertEquals(OptionalInt.of(3), again.highestIndex());
  }

  @Test
  void whatIsRemovedLeavesIt() {
    interfaces.add(ONE);
    interfaces.add(new AddedInterfaces.Added(4, "lan", List.of()));
    interfaces.remove(List.of(LINK));
    interfaces.remove(ONE);
    assertEquals(List.of(), interfaces.in(List.of(LINK)));
    assertEquals(OptionalInt.of(4), interfaces.highestIndex());
    interfaces.forget();
    assertEquals(List.of(LINK), interfaces.in(List.of(LINK)));
  }
}
