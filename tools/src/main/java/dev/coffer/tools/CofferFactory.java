package dev.coffer.tools;

import dev.coffer.Coffer;

/** Opens the API for one call; asked only by tools that need it. */
@FunctionalInterface
public interface CofferFactory {
  Coffer open(Invocation invocation);
}
