/** Part of module dev.coffer.plan, which says what it is for. */
package dev.coffer.plan;
