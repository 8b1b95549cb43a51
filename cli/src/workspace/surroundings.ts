/** Where providers go when the configuration does not say it. No credential is among these variables. */
const PLACES =
  /^((VAULT|BAO)_(ADDR|NAMESPACE|PROXY_ADDR|SKIP_VERIFY|TLS_SERVER_NAME)|AWS_(DEFAULT_)?REGION|AWS_ENDPOINT_URL(_\w+)?|GITHUB_(OWNER|ORGANIZATION|BASE_URL)|TF_WORKSPACE|ARM_(SUBSCRIPTION|TENANT)_ID|ARM_ENVIRONMENT|GOOGLE_(CLOUD_)?PROJECT|GCLOUD_PROJECT|CLOUDSDK_CORE_PROJECT|GOOGLE_REGION|KUBE_(HOST|CTX|CTX_CLUSTER|CONFIG_PATHS?)|PG(HOST|PORT|DATABASE)|CONSUL_HTTP_ADDR)$/;

/** The variables among these that say where providers go, by name. */
export function surroundings(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      PLACES.test(name) && value !== undefined && value !== '' ? [[name, withoutCredentials(value)]] : [],
    ),
  );
}

/** An address may hold a password, which says who goes there and not where: it is left out. */
function withoutCredentials(value: string): string {
  return value.replace(/\/\/[^/@]*@/, '//');
}
