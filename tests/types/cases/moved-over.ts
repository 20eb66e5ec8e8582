// Code written for @alter-ai/connect 0.8.0 that hands its OpenOptions on, extends them or calls what is in them: beside the package's name
// it needs one other in the import.
import AlterConnect, { type AlterError, type AlterOpenOptions as OpenOptions, type Grant } from "connect-widget";

const alterConnect = AlterConnect.create();

// A function around it that is told first
export function connect(options: OpenOptions) {
  return alterConnect.open({
    ...options,
    onSuccess: (grants) => {
      console.log(grants.length, options.token.length);
      options.onSuccess(grants);
    },
    onError: (error) => options.onError?.(error),
  });
}

// A hook
export function useAlter({ onSuccess, onExit }: Pick<OpenOptions, "onSuccess" | "onExit">) {
  return (token: string) => alterConnect.open({ token, onSuccess: (grants) => onSuccess(grants), ...(onExit && { onExit }) });
}

// Properties of a component
export interface Props extends Omit<OpenOptions, "token"> {
  label: string;
}
export const press = ({ label: _, ...rest }: Props, token: OpenOptions["token"]) => alterConnect.open({ ...rest, token });

// Options filled in
export const fill = (some: Partial<OpenOptions>): OpenOptions => ({ token: "", onSuccess: () => {}, ...some });
export const onSuccess: OpenOptions["onSuccess"] = (grants) => grants.map(({ provider }) => provider);
onSuccess([] as Grant[]);

// What was `any` in them still is
export const told: OpenOptions = {
  token: "",
  onSuccess: () => {},
  onError: (error: AlterError) => console.log(error.details?.provider.id),
  onEvent: (name, metadata) => console.log(name, metadata.timestamp.slice(0, 10)),
};
alterConnect.open(told);
alterConnect.authorize(told).then((grants) => grants[0]?.grant_id);
