"""Makes Cognito pools and people for tests."""

import itertools

PASSWORD = "Correct-horse-42"
_numbers = itertools.count(1)


class Pool:
    """A pool whose people sign in with their e-mail address, with one client that takes passwords."""

    def __init__(self, emulator, **client_members):
        self.idp = emulator.client("cognito-idp")
        self.id = self.idp.create_user_pool(
            PoolName="people", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"],
            Schema=[{"Name": "name", "AttributeDataType": "String", "Required": True, "Mutable": True}])["UserPool"]["Id"]
        members = {"PreventUserExistenceErrors": "ENABLED", "ExplicitAuthFlows": [
            "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
        members.update(client_members)
        self.client = self.idp.create_user_pool_client(UserPoolId=self.id, ClientName="app",
                                                       **members)["UserPoolClient"]["ClientId"]

    def sign_up(self, email=None, password=PASSWORD):
        email = email or f"person{next(_numbers)}@example.com"
        answer = self.idp.sign_up(ClientId=self.client, Username=email, Password=password,
                                  UserAttributes=[{"Name": "name", "Value": "Person"}])
        return email, answer

    def person(self):
        """(e-mail, sub) of somebody who may sign in."""
        email, answer = self.sign_up()
        self.idp.admin_confirm_sign_up(UserPoolId=self.id, Username=email)
        return email, answer["UserSub"]

    def sign_in(self, email, password=PASSWORD, client=None):
        return self.idp.initiate_auth(ClientId=client or self.client, AuthFlow="USER_PASSWORD_AUTH",
                                      AuthParameters={"USERNAME": email, "PASSWORD": password})

    def tokens(self, email):
        return self.sign_in(email)["AuthenticationResult"]
