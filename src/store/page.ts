/** How lists come out of the store: a page at a time, each naming the place where the next begins. */

export interface Page<T> {
  items: T[];
  /** Present exactly when more follow. */
  next_cursor?: string;
}
