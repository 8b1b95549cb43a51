/** Tells the step's own reader what is going on inside it. */
export type Note = (line: string) => void;

/** Where long work is shown. The command line draws it; tests stay silent. Steps may run side by side. */
export interface Progress {
  step<T>(title: string, work: (note: Note) => Promise<T>): Promise<T>;
}

export const silent: Progress = { step: (_title, work) => work(() => undefined) };
