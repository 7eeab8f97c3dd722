package dev.coffer.junit;

import dev.coffer.Container;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link Contained} does. */
final class ContainedExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(ContainedExtension.class);
  private static final String WORKSHOP = "workshop";

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == TestContainer.class || type == Container.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Contained wish = wish(context);
    ExtensionContext owner =
        wish.life() == Contained.Life.CLASS ? classOf(context).orElse(context) : context;
    Held held =
        owner
            .getStore(NAMESPACE)
            .computeIfAbsent(wish, one -> new Held(workshop(context).make(one)), Held.class);
    TestContainer made = held.container();
    return parameter.getParameter().getType() == Container.class ? made.container() : made;
  }

  /** Of the method, else of the class or one around it. */
  private static Contained wish(ExtensionContext context) {
    for (Optional<ExtensionContext> at = Optional.of(context);
        at.isPresent();
        at = at.get().getParent()) {
      Optional<Contained> found =
          AnnotationSupport.findAnnotation(at.get().getElement(), Contained.class);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new IllegalStateException("@Contained is nowhere around " + context.getDisplayName());
  }

  private static Optional<ExtensionContext> classOf(ExtensionContext context) {
    Optional<ExtensionContext> at = Optional.of(context);
    while (at.isPresent() && at.get().getTestMethod().isPresent()) {
      at = at.get().getParent();
    }
    return at;
  }

  /** One for the whole run; closed by JUnit after the last test. */
  private static Workshop workshop(ExtensionContext context) {
    Store store = context.getRoot().getStore(NAMESPACE);
    return store
        .computeIfAbsent(WORKSHOP, _ -> Opened.open(), Opened.class)
        .workshop()
        .orElseThrow();
  }

  /** The workshop, or why there is none. */
  private record Opened(Optional<Workshop> opened, String why) implements AutoCloseable {
    static Opened open() {
      try {
        return new Opened(
            Optional.of(Workshop.open(Path.of(System.getProperty("java.io.tmpdir")))), "");
      } catch (CofferException e) {
        List<String> all = new java.util.ArrayList<>(List.of(e.getMessage()));
        all.addAll(e.details());
        return new Opened(Optional.empty(), String.join("\n  ", all));
      }
    }

    Optional<Workshop> workshop() {
      if (opened.isEmpty()) {
        Assumptions.abort("no containers here: " + why);
      }
      return opened;
    }

    @Override
    public void close() {
      opened.ifPresent(Workshop::close);
    }
  }

  /** Deleted when the test, or the class, is over. */
  private record Held(TestContainer container) implements AutoCloseable {
    @Override
    public void close() {
      Workshop.delete(container.container());
    }
  }
}
