/** Interfaces, bridges and names, all in network namespaces of the tests' own. */
package dev.coffer.it.network;
