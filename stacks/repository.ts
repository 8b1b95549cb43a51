/** The repository that the API is delivered from. Its number stays the same when somebody else takes the name over. */
export const REPOSITORY = { owner: 'fintech-example', name: 'fintech-api', id: '714285714' } as const;

export const REPOSITORY_PATH = `${REPOSITORY.owner}/${REPOSITORY.name}`;

/** Address of a shared environment's Vault, as runners reach it. */
export const vaultOf = (environment: string): string => `https://vault.${environment}.fintech.example.com`;

/** Region of every shared environment. */
export const REGION = 'eu-central-1';

/** Where images are: the registry of an account that nothing runs in, from which every environment may pull. */
export const REGISTRY = { account: '444444444444', region: REGION } as const;

/** The repository of {@link REGISTRY} that holds the API's images. */
export const IMAGES = 'fintech-api';

/** Number of each shared environment's AWS account. */
export const ACCOUNTS = { dev: '111111111111', staging: '222222222222', prod: '333333333333' } as const;
