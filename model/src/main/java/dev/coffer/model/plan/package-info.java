/** Plans as data: typed steps with their origin, in the order in which they are done. */
package dev.coffer.model.plan;
