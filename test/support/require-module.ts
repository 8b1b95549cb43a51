/** In jest, what loads the config's TypeScript is jest. */
export const requireModule = (file: string): Promise<unknown> => import(file);
