/** A request as whoever attacks writes it. Header values may hold any character up to U+00FF. */
export interface HostileRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}
