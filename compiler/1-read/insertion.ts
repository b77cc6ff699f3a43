// Text inserted into an author's file before it is bundled: the marks. The rest of the file is not changed.

/** A text to insert at an offset of the original text (UTF-16 units from 0). */
export interface Insertion {
  readonly position: number
  readonly text: string
}
