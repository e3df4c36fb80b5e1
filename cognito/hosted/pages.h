// The pages that people see: signing in, signing up, and a forgotten password.
#pragma once

#include "cognito/hosted/authorization.h"

namespace fractus::cognito::hosted {

// authorize.cpp
Answer Authorize(Desk& desk, const Visit& visit);
HttpResponse SignOut(Desk& desk, const Visit& visit);
HttpResponse ShowError(Desk& desk, const Visit& visit);

// login_page.cpp
HttpResponse ShowLogin(Desk& desk, const Visit& visit);
Answer LogIn(Desk& desk, const Visit& visit);

// challenge_page.cpp: what BeginSignIn asks for besides the password
Answer ShowChallenge(Desk& desk, const Visit& visit, const Authorization& authorization,
                     json challenge);
Answer AnswerChallenge(Desk& desk, const Visit& visit);

// sign_up_page.cpp
HttpResponse ShowSignUp(Desk& desk, const Visit& visit);
Answer SignUpByForm(Desk& desk, const Visit& visit);
HttpResponse ShowConfirm(Desk& desk, const Visit& visit);
Answer ConfirmByForm(Desk& desk, const Visit& visit);
Answer ResendCode(Desk& desk, const Visit& visit);
// The link in a verification e-mail.
Answer ConfirmByLink(Desk& desk, const Visit& visit);

// password_page.cpp
HttpResponse ShowForgotPassword(Desk& desk, const Visit& visit);
Answer SendResetCode(Desk& desk, const Visit& visit);
HttpResponse ShowResetPassword(Desk& desk, const Visit& visit);
Answer ResetPassword(Desk& desk, const Visit& visit);

}  // namespace fractus::cognito::hosted
