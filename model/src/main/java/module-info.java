/**
 * The vocabulary every other module speaks: what is wanted, what will be done, and where each word
 * came from.
 */
module dev.coffer.model {
  exports dev.coffer.model;
  exports dev.coffer.model.plan;
}
